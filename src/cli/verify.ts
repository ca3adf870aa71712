// `collimate verify <dir>`: compares every tensor of a folder of references with what this installation computes.

import type { Command } from 'commander';
import type { TensorComparison, Verdict } from '../judging/verify/compare.ts';
import { type VerifyReport, verifyFolder } from '../judging/verify/verify.ts';
import { CollimateError } from '../util/errors.ts';
import { formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<dir>', 'a folder laid out like test/fixtures/sd1: models and their reference tensors')
    .action(async (dir: string) => {
      const report = await verifyFolder(dir);
      context.print(report, describe(report));
      const bad = report.tensors.filter(({ verdict }) => verdict === 'disagrees');
      if (bad.length > 0)
        throw new CollimateError(
          'MISMATCH',
          `verify ${dir}: ${bad.length} of ${report.tensors.length} tensors disagree, first ${bad[0]!.name}`,
          'The first one in the list that disagrees is nearest to the cause: look at its weights and config.json.',
        );
    });
  addExamples(command, ['verify test/fixtures/sd1', 'verify test/fixtures/sd2 --json']);
}

const WORDS: Record<Verdict, string> = { agrees: 'OK', disagrees: 'FAIL', 'not comparable': 'SKIP' };

function describe({ tensors, absent }: VerifyReport): string {
  const count = (verdict: Verdict) => tensors.filter((tensor) => tensor.verdict === verdict).length;
  const skipped = count('not comparable');
  const last = tensors.findLast(({ note }) => note !== undefined);
  return [
    formatTable(tensors.map(describeTensor)),
    '',
    `${count('agrees')} agree, ${count('disagrees')} disagree within 1e-4 + 1e-3·|reference|.`,
    ...(skipped > 0 ? [`${skipped} could not be compared: ${last?.note}.`] : []),
    ...(absent.length > 0 ? [`Not in this folder, so not compared: ${absent.join(', ')}.`] : []),
  ].join('\n');
}

function describeTensor({ name, shape, measure, error, ofAllowed, verdict }: TensorComparison): string[] {
  const share = Number.isFinite(ofAllowed) ? `${(100 * ofAllowed).toFixed(ofAllowed < 0.1 ? 2 : 0)} % of allowed` : '';
  return [WORDS[verdict], name, `[${shape.join(', ')}]`, `${measure} error ${error.toExponential(2)}`, share];
}

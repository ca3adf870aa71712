// `collimate check`: whether the files of a project are what was recorded of them, and what to do where they are not.

import type { Command } from 'commander';
import {
  checkProject,
  type FoundFault,
  isProblem,
  type KindResult,
  type ProjectCheck,
} from '../judging/status/check.ts';
import type { FaultState } from '../judging/status/check-piece.ts';
import { CollimateError } from '../util/errors.ts';
import { plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.action(async () => {
    const check = await withProject(context, command, (project) =>
      checkProject(project, context.progress(), context.signal),
    );
    context.print(check, describe(check));
    if (check.problems > 0)
      throw new CollimateError(
        'MISMATCH',
        `check ${check.dir}: ${plural(check.problems, 'file')} changed or missing`,
        'The list says of each what to do.',
      );
  });
  addConfigFlags(command, []);
  addExamples(command, ['check', 'check --project ~/dogs', 'check --json']);
}

/** Lines of one kind that are shown of faults that harm nothing; of problems all are. */
const HARMLESS_SHOWN = 10;

const WORDS: Readonly<Record<FaultState, string>> = {
  changed: 'changed',
  missing: 'missing',
  gone: 'no longer kept',
  unknown: 'without a record',
};

function describe({ dir, kinds, problems, running, alsoRunning }: ProjectCheck): string {
  const meanwhile = [running, ...alsoRunning].flatMap((holder) =>
    holder
      ? [`\`${holder.stage}\` is running (process ${holder.pid}): its newest files may not have had their rows yet.`]
      : [],
  );
  const faults = kinds.map(describeFaults).filter((text) => text !== '');
  const end = problems > 0 ? `${plural(problems, 'file')} changed or missing.` : 'Nothing is changed or missing.';
  return [dir, ...meanwhile, kinds.map(describeCounts).join('\n'), ...faults, end].join('\n\n');
}

function describeCounts({ name, checked, faults }: KindResult): string {
  const counts = (Object.keys(WORDS) as FaultState[])
    .map((state) => ({ state, count: faults.filter((fault) => fault.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count.toLocaleString('en')} ${WORDS[state]}`);
  return `${name}: ${[`${checked.toLocaleString('en')} checked`, ...counts].join(', ')}`;
}

function describeFaults({ name, faults }: KindResult): string {
  const harmless = faults.filter((fault) => !isProblem(fault));
  const left = harmless.length - HARMLESS_SHOWN;
  return [
    ...[...faults.filter(isProblem), ...harmless.slice(0, HARMLESS_SHOWN)].map(describeFault),
    ...(left > 0 ? [`and ${left.toLocaleString('en')} more of ${name} that harm nothing; --json lists all`] : []),
  ].join('\n');
}

function describeFault({ path, state, text, remedy }: FoundFault): string {
  return `${WORDS[state]}: ${path}: ${text}\n  ${remedy}`;
}

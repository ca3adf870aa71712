// `collimate reward export`: the trained reward function as one ONNX file, for other programs.

import type { Command } from 'commander';
import { exportReward } from '../method/reward/export.ts';
import { formatNumber } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { wholeNumber } from './numbers.ts';
import { withStage } from './with-project.ts';

interface ExportFlags {
  out: string;
  reward?: string;
  batch: number;
}

export function register(command: Command, context: CliContext): void {
  command
    .requiredOption('--out <file>', 'the file to write, such as reward.onnx; reward.json is written beside it')
    .option('--reward <hash>', 'which reward model; default the one that was trained last')
    .option('--batch <n>', 'pairs of picture and prompt in one run', wholeNumber(1), 1)
    .action(async ({ out, reward, batch }: ExportFlags) => {
      const options = { batch, ...(reward !== undefined && { rewardHash: reward }) };
      const result = await withStage(context, command, 'reward export', ({ project }) =>
        exportReward(project, out, options),
      );
      const { rewardHash, model, description, bytes } = result;
      context.print(
        result,
        `Wrote reward ${rewardHash.slice(0, 12)} to ${model} (${formatNumber(bytes / 2 ** 20)} MiB), and how to use it to ${description}.`,
      );
    });
  addConfigFlags(command, []);
  addExamples(command, ['reward export --out reward.onnx', 'reward export --out reward.onnx --batch 8 --json']);
}

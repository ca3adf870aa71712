// `collimate reward eval`: how well the reward function predicts the ratings there are, beside the CLIP score.

import type { Command } from 'commander';
import { describeBins, describePairs, describeRows, describeTaste, describeWords } from '../method/reward/describe.ts';
import { describeTemperatures } from '../method/reward/describe-temperatures.ts';
import { evaluateReward } from '../method/reward/evaluate.ts';
import type { RewardReport } from '../method/reward/report.ts';
import { formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { whatIsMade, withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.option('--reward <hash>', 'which reward model; default the one that was trained last');
  addConfigFlags(command, []);
  command.action(async ({ reward }: { reward?: string }) => {
    const report = await withStage(
      context,
      command,
      'reward eval',
      (session) => evaluateReward(session, reward),
      whatIsMade(command),
    );
    context.print(report, describe(report));
  });
  addExamples(command, ['reward eval', 'reward eval --json']);
}

function describe(report: RewardReport): string {
  const { rewardHash, clipThreshold, rows, calibration, words } = report;
  const threshold = clipThreshold === null ? 'none of use' : formatNumber(clipThreshold);
  const calibrated = rows.filter(({ part, category }) => part !== 'train' && category === 'all');
  return [
    `Reward ${rewardHash.slice(0, 12)}, good above 0.5; CLIP score, good above its best threshold on the training images (${threshold}).`,
    '',
    describeRows(rows),
    ...[describePairs(rows), describeWords(words), describeTaste(report)].filter(Boolean).flatMap((text) => ['', text]),
    ...(calibration?.withoutEdits
      ? [
          '',
          `TextNorm says nothing of ${formatNumber(calibration.withoutEdits)} of ${plural(calibration.images, `${calibration.part} image`)}: no edits of their prompts.`,
        ]
      : []),
    ...(calibration ? describeTemperatures(calibration.temperatures).flatMap((line) => ['', line]) : []),
    ...calibrated.flatMap((row) => [
      '',
      `Calibration, ${row.part} (error ${row.reward.calibrationError.toFixed(3)}):`,
      describeBins(row),
    ]),
  ].join('\n');
}

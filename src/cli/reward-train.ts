// `collimate reward train`: learns from the ratings what people find good, and scores all images.

import type { Command } from 'commander';
import { describePairs, describeRows, describeTaste, describeWords } from '../method/reward/describe.ts';
import { countEdits } from '../method/reward/edits.ts';
import { foreseeReward } from '../method/reward/foresee-reward.ts';
import { type HeldOutSummary, type RewardSummary, trainReward } from '../method/reward/train.ts';
import { formatDuration, formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addDryRun, tellForesight } from './dry-run.ts';
import { addConfigFlags } from './flags.ts';
import { whatIsMade, withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  addConfigFlags(command, ['reward', 'workers']);
  addDryRun(command);
  command.action(async ({ dryRun = false }: { dryRun?: boolean }) => {
    if (dryRun) return tellForesight(context, command, foreseeReward);
    const summary = await withStage(context, command, 'reward train', trainReward, whatIsMade(command));
    context.print(summary, describe(summary));
  });
  addExamples(command, [
    'reward train',
    'reward train --held-out-raters 0.2',
    'reward train --hidden-width 256 --json',
  ]);
}

function describe({
  rewardHash,
  alreadyDone,
  trainImages,
  validationImages,
  report,
  scoredImages,
  heldOut,
}: RewardSummary): string {
  const name = rewardHash.slice(0, 12);
  const rows = report.rows.filter(({ category }) => category === 'all');
  const taught = `${formatNumber(trainImages)} rated images; ${formatNumber(validationImages)} of other prompts validated`;
  return [
    alreadyDone
      ? `Already done: reward ${name} was taught by ${taught}.`
      : `Reward ${name} was taught by ${taught}, in ${formatDuration(report.seconds)}; best at step ${report.bestStep}.`,
    `It has scored ${plural(scoredImages, 'image')}.`,
    ...(validationImages === 0 ? [NOTHING_VALIDATED] : []),
    ...(report.edits && report.edits.without > 0 ? [countEdits(report.edits)] : []),
    ...(heldOut ? [describeHeldOut(heldOut)] : []),
    '',
    describeRows(rows),
    ...[describePairs(rows), describeWords(report.words), describeTaste(report)]
      .filter(Boolean)
      .flatMap((text) => ['', text]),
    '',
    'Next: collimate reward eval, or collimate tune',
  ].join('\n');
}

const NOTHING_VALIDATED =
  'Nothing was validated: no figure here tells how good it is on other prompts, and no step was chosen by any. Rate images of more prompts.';

function describeHeldOut({ raters, rewardHash, trainImages, report }: HeldOutSummary): string {
  const row = report.rows.findLast(({ part, category }) => part !== 'train' && category === 'all');
  const right = row ? `, right on ${(100 * row.reward.accuracy).toFixed(1)} % of ${row.part} images` : '';
  return `Held out: ${raters.join(', ')}. Their answers about ${plural(trainImages, 'image')} taught reward ${rewardHash.slice(0, 12)}, which never steers tuning${right}.`;
}

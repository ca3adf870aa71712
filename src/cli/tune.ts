// `collimate tune`: fine-tunes the model by the reward of its own images.

import type { Command } from 'commander';
import { foreseeTune } from '../method/tuning/foresee-tune.ts';
import { type TuneSummary, tuneModel } from '../method/tuning/tune.ts';
import { describeWatch } from '../method/tuning/watch-describe.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addDryRun, tellForesight } from './dry-run.ts';
import { addConfigFlags, DRAWING_KEYS, readConfigFlags } from './flags.ts';
import { wholeNumber } from './numbers.ts';
import { withStage } from './with-project.ts';

interface TuneFlags {
  name: string;
  reward?: string;
  resumeFromCheckpoint: string;
  moreSteps?: number;
  overwrite?: boolean;
  dryRun?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--name <name>', 'the tuned model is written to models/<name>/', 'tuned')
    .option('--reward <hash>', 'reward function whose scores are the weights; default the one trained last')
    .option('--resume-from-checkpoint <checkpoint>', 'latest, checkpoint-<step>, or none to start anew', 'latest')
    .option('--more-steps <n>', 'go on with the finished run of this name, as it was set', wholeNumber(1, 10_000_000))
    .option('--overwrite', 'replace a finished model of this name that was made with other settings')
    .action(
      async ({ name, reward, resumeFromCheckpoint: resumeFrom, moreSteps, overwrite = false, dryRun }: TuneFlags) => {
        if (moreSteps !== undefined) refuseSettings(command, reward);
        const more = moreSteps !== undefined && { moreSteps };
        const options = { name, resumeFrom, overwrite, ...more, ...(reward !== undefined && { rewardHash: reward }) };
        if (dryRun) return tellForesight(context, command, (session) => foreseeTune(session, options));
        const summary = await withStage(
          context,
          command,
          'tune',
          (session) => tuneModel(session, options),
          () => ({ name }),
        );
        context.print(summary, describe(summary));
      },
    );
  addDryRun(command);
  addConfigFlags(command, ['tune']);
  addConfigFlags(command, ['generate'], { only: DRAWING_KEYS });
  addExamples(command, [
    'tune',
    'tune --weights label --name by-answers',
    'tune --beta 0 --name beta-0',
    'tune --stop-by held-out --max_train_steps 2000',
    'tune --more-steps 200',
    'tune --dry-run',
    'tune --learning_rate 2e-5 --max_train_steps 1000 --resume_from_checkpoint latest',
  ]);
}

/** A run that goes on has the settings that it had. */
function refuseSettings(command: Command, reward: string | undefined): void {
  const settled = readConfigFlags(command).filter(
    ({ path }) => path !== 'tune.memoryLimit' && /^(tune\.|seed$|model$)/.test(path),
  );
  const flags = [...settled.map(({ flag }) => flag), ...(reward === undefined ? [] : ['--reward'])];
  if (flags.length === 0) return;
  throw new CollimateError(
    'USAGE',
    `tune: --more-steps goes on with a run as it was set, and ${flags.join(', ')} would set it otherwise`,
    'Leave these out; or tune anew with other settings.',
  );
}

function describe({ model, plan, losses, drawn, step, watch, alreadyDone }: TuneSummary): string {
  const verdict = watch ? [describeWatch(watch, step)] : [];
  if (alreadyDone) return [`Already done: ${model}`, ...verdict].join('\n');
  const pretrain = losses.pretrain_loss === null ? '' : `, on pre-training pairs ${formatNumber(losses.pretrain_loss)}`;
  const [from, part] = drawn
    ? [`pictures of ${plural(plan.prompts, 'prompt')}, drawn in rounds,`, 'on pictures drawn']
    : [plural(plan.images, 'image'), 'on weighted images'];
  return [
    `Tuned on ${from} for ${plural(step, 'step')}: ${model}`,
    `Loss at the end ${formatNumber(losses.train_loss)}: ${part} ${formatNumber(losses.reward_loss)}${pretrain}`,
    ...(drawn
      ? [
          `Mean reward of the pictures that the first step learned from ${formatNumber(drawn.first)}, the last ${formatNumber(drawn.last)}`,
        ]
      : []),
    ...verdict,
    'Next: collimate evaluate',
  ].join('\n');
}

// `collimate demo [dir]`: the whole method from one command.

import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { DEMO_CONFIG, openDemo, QUICK_CONFIG } from '../judging/experiments/demo.ts';
import { runMethod } from '../judging/experiments/method.ts';
import { signOf } from '../judging/report/format.ts';
import { findHeadline } from '../judging/report/headline.ts';
import { collectReport } from '../judging/report/report.ts';
import { configSchema } from '../project/config/config.ts';
import { CONFIG_FILE } from '../project/config/config-file.ts';
import type { Project } from '../project/project.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { formatDuration, formatNumber } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { addExamples, type CliContext } from './context.ts';
import { addDryRun } from './dry-run.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument(
      '[dir]',
      'folder of the demo project; an interrupted demo goes on where it stopped; default demo, or demo-quick with --quick',
    )
    .option(
      '--quick',
      'a small one, in under two minutes on two cores: every part of it, but too little to tell a gain',
    )
    .action(
      async (named: string | undefined, { quick = false, dryRun = false }: { quick?: boolean; dryRun?: boolean }) => {
        const dir = named ?? (quick ? 'demo-quick' : 'demo');
        if (dryRun) return tellDemo(context, { dir, quick, isNew: !existsSync(join(dir, CONFIG_FILE)) });
        const { project, isNew } = await openDemo(dir, { quick });
        try {
          await runDemo(context, project, { dir, quick, isNew });
        } finally {
          await project.close();
        }
      },
    );
  addDryRun(command);
  addExamples(command, ['demo', 'demo --dry-run', 'demo --quick', 'demo my-demo', 'demo --json > figures.json']);
}

/** What the demo would do; a demo that was begun is not opened for it. */
function tellDemo(context: CliContext, run: Run): void {
  const config = configSchema.parse(run.quick ? QUICK_CONFIG : DEMO_CONFIG);
  const lines = sayBefore({ config, dir: resolve(run.dir) }, run);
  context.print(
    { dryRun: true, ...run, tasks: lines },
    ['Nothing was done.', ...lines, `Room: about ${run.quick ? 60 : 120} MB.`].join('\n'),
  );
}

interface Run {
  readonly dir: string;
  readonly quick: boolean;
  readonly isNew: boolean;
}

async function runDemo(context: CliContext, project: Project, run: Run): Promise<void> {
  const lock = await project.lock('demo');
  const progress = context.progress();
  const start = performance.now();
  try {
    for (const line of sayBefore(project, run)) progress.note(line);
    await runMethod({ project, world: openWorld(project.config), progress, signal: context.signal });
    throwIfInterrupted(context.signal);
  } finally {
    await lock.release();
  }
  const seconds = (performance.now() - start) / 1000;
  const data = await collectReport(project);
  const headline = findHeadline(data.evaluation);
  const { base, after, split } = headline!;
  const difference = after.versusBase!.good;
  const result = {
    split,
    base: base.good,
    tuned: after.good,
    difference,
    seconds,
    report: `${project.dir}/report.html`,
  };
  const points = (share: number | null) => (share === null ? 'unknown' : (100 * share).toFixed(1));
  context.print(
    result,
    [
      `Judged good on ${split} prompts: base ${points(base.good.estimate)} %, tuned ${points(after.good.estimate)} %`,
      `Difference ${points(difference.estimate)} points, 95 % interval ${points(difference.low)} to ${points(difference.high)}`,
      `This run took ${formatDuration(seconds)}. Open ${result.report}`,
      ...sayAfter(project, run, difference),
    ].join('\n'),
  );
}

/** What will happen, and how long it takes. */
function sayBefore({ config, dir: path }: Pick<Project, 'config' | 'dir'>, { quick, isNew }: Run): string[] {
  const { prompts, generate, label, tune } = config;
  const seen = prompts.count + prompts.color + prompts.background + prompts.combination;
  const time = quick ? 'under two minutes' : 'about eight minutes (--quick: a small one, under two minutes)';
  const begins = isNew
    ? `The demo runs the whole method in ${path}: ${time} on two quiet cores.`
    : `Going on with the demo in ${path}, with the settings that it was begun with.`;
  return [
    begins,
    `A small model draws ${formatNumber(seen * generate.imagesPerPrompt)} pictures, ${label.ratersPerImage} simulated raters say good or bad of each, a reward function learns from that, the model is tuned for ${formatNumber(tune.maxTrainSteps)} steps by it, and a judge that had no part in it compares both.`,
    `Pictures lie in ${path}/images from the first seconds on. Ctrl+C saves; the same command goes on.`,
  ];
}

/** What it means, in two sentences, and what to do next. */
function sayAfter(
  { dir: path }: Project,
  { dir, quick }: Run,
  difference: Parameters<typeof signOf>[0] & { readonly estimate: number },
): string[] {
  const by = Math.abs(Math.round(100 * difference.estimate));
  const meaning = {
    1: `Of 100 pictures for prompts that no stage had seen, about ${by} more now show what was asked. The interval leaves out zero, so chance alone is an unlikely reason.`,
    0: `The tuned model showed what was asked in ${by === 0 ? 'as many' : `${by} ${difference.estimate > 0 ? 'more' : 'fewer'} of 100`} pictures. The interval holds zero, so chance alone may be the reason: more prompts or more steps would tell.`,
    [-1]: `Of 100 pictures for prompts that no stage had seen, about ${by} fewer now show what was asked. The interval leaves out zero, so tuning did harm: other settings, or more answers, are needed.`,
  }[signOf(difference)];
  const folder = relative(process.cwd(), path) || dir;
  return [
    '',
    `What that means: ${meaning}${quick ? ' (--quick is too small to tell a gain; `collimate demo` is not.)' : ''}`,
    `Pictures before and after, of the same noise: ${path}/models/tuned/samples.png`,
    '',
    'Next:',
    '  # rate the pictures yourself, and see everything in the browser',
    `  collimate studio ${folder}`,
    '  # draw with the tuned model',
    `  collimate draw "two green dogs in a city" --model tuned -C ${folder}`,
    '  # begin with your own',
    '  collimate init mine --preset demo',
  ];
}

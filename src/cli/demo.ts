// `collimate demo [dir]`: the whole method from one command.

import type { Command } from 'commander';
import { openDemo } from '../judging/experiments/demo.ts';
import { runMethod } from '../judging/experiments/method.ts';
import { findHeadline } from '../judging/report/headline.ts';
import { collectReport } from '../judging/report/report.ts';
import type { Project } from '../project/project.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { formatDuration } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { addExamples, type CliContext } from './context.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('[dir]', 'folder of the demo project; an interrupted demo goes on where it stopped', 'demo')
    .action(async (dir: string) => {
      const project = await openDemo(dir);
      try {
        await runDemo(context, project);
      } finally {
        await project.close();
      }
    });
  addExamples(command, ['demo', 'demo my-demo', 'demo --json > figures.json']);
}

async function runDemo(context: CliContext, project: Project): Promise<void> {
  const lock = await project.lock('demo');
  const progress = context.progress();
  const start = performance.now();
  try {
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
    ].join('\n'),
  );
}

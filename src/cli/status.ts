// `collimate status`: where the project stands, what is running, what each model scored, disk use, and what to do next.

import type { Command } from 'commander';
import { type DiskUse, measureDisk } from '../judging/status/disk.ts';
import { listModelStates, type ModelState } from '../judging/status/models.ts';
import type { LockHolder } from '../project/database/lock.ts';
import type { Project } from '../project/project.ts';
import type { Interval } from '../statistics/interval.ts';
import { readOverview } from '../studio/server/steering/read-overview.ts';
import { formatBytes, formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.action(async () => {
    const status = await withProject(context, command, readStatus);
    context.print(status, describe(status));
  });
  addConfigFlags(command, []);
  addExamples(command, ['status', 'status --project ~/dogs', 'status --json']);
}

type Status = Awaited<ReturnType<typeof readStatus>>;

async function readStatus(project: Project) {
  const { stages, answers, next, project: named } = await readOverview(project, null);
  const [running, ...alsoRunning] = await project.holders();
  return {
    dir: project.dir,
    ...named,
    running: running ?? null,
    alsoRunning,
    stages,
    answers,
    models: await listModelStates(project),
    disk: measureDisk(project),
    next,
  };
}

/** The command behind each step that the overview names. */
const COMMANDS: Readonly<Record<Status['next'][number]['action'], string>> = {
  prompts: 'collimate prompts import FILE, or prompts.* in collimate.yaml',
  generate: 'collimate generate',
  rate: 'collimate studio',
  invite: 'collimate studio, Settings → People',
  reward: 'collimate reward train',
  tune: 'collimate tune',
  evaluate: 'collimate evaluate',
  study: 'collimate evaluate human --compare tuned:base',
  export: 'collimate export',
};

function describe({ dir, model, database, running, alsoRunning, stages, models, disk, next }: Status): string {
  return [
    `${dir} · model ${model} · ${database}`,
    describeRunning(running, alsoRunning),
    formatTable([['', 'stands', ''], ...stages.map(({ name, status, detail }) => [name, status, detail])]),
    describeModels(models),
    describeDisk(disk),
    ...(next.length > 0
      ? [['Next:', ...next.map(({ text, why, action }) => `  ${COMMANDS[action]}\n    ${text}. ${why}`)].join('\n')]
      : []),
  ].join('\n\n');
}

function describeRunning(first: LockHolder | null, others: readonly LockHolder[]): string {
  if (!first) return 'Nothing is running.';
  const tell = ({ stage, pid, startedAt }: LockHolder) => `${stage} (process ${pid}, since ${startedAt})`;
  return `Running: ${[first, ...others].map(tell).join(', ')}.`;
}

function describeModels(models: readonly ModelState[]): string {
  const points = (value: Interval) => figure(value, 100, 1);
  const rows = models.map(({ name, bytes, judgedGood, reward, rewardIsOld }) => [
    name,
    judgedGood ? `${points(judgedGood.value)} %, ${judgedGood.split}` : '–',
    judgedGood?.versusBase
      ? `${judgedGood.versusBase.estimate > 0 ? '+' : ''}${points(judgedGood.versusBase)} points`
      : '–',
    reward ? `${figure(reward, 1, 3)}${rewardIsOld ? ', by an earlier reward function' : ''}` : '–',
    bytes === null ? '' : formatBytes(bytes),
  ]);
  return formatTable([['model', 'judged good', 'against base', 'reward', 'on disk'], ...rows]);
}

function figure({ estimate, low, high }: Interval, by: number, digits: number): string {
  const format = (value: number) => (by * value).toFixed(digits).replace('-', '−');
  return `${format(estimate)}${low === null || high === null ? '' : ` (${format(low)} to ${format(high)})`}`;
}

function describeDisk(disk: readonly DiskUse[]): string {
  return formatTable([
    ['disk', '', ''],
    ...disk.map(({ what, bytes, without }) => [what, formatBytes(bytes), without]),
  ]);
}

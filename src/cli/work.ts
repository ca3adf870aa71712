// `collimate work`: what waits for workers, who works, and what failed for good; to try it again, or give it up.

import type { Command } from 'commander';
import { isPostgresUrl } from '../project/config/database-url.ts';
import { FOLDER } from '../project/config/objects-address.ts';
import type { Project } from '../project/project.ts';
import type { FailedItem } from '../project/work/count-work.ts';
import { openWorkQueue, requireShared, type TopicCount } from '../project/work/queue.ts';
import { listWorkers, type Worker } from '../project/work/workers.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, formatTable, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

interface Work {
  readonly topics: readonly TopicCount[];
  readonly workers: readonly Worker[];
  readonly failed: readonly FailedItem[];
  /** Failed items that were put back, or taken away, by this command. */
  readonly retried: number;
  readonly dropped: number;
}

interface Choice {
  retry?: string;
  drop?: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--retry <id>', 'try failed items again: all, or the one whose identifier starts so')
    .option('--drop <id>', 'give failed items up: all, or the one whose identifier starts so');
  command.action(async (choice: Choice) => {
    const work = await withProject(context, command, (project) => lookAtWork(project, choice));
    context.print(work, describe(work));
  });
  addConfigFlags(command, []);
  addExamples(command, ['work', 'work --retry all', 'work --drop 1f2e3d4c --json']);
}

async function lookAtWork({ db, config }: Project, { retry, drop }: Choice): Promise<Work> {
  const { database, objects } = config;
  requireShared(database, objects, isPostgresUrl(database) && objects !== FOLDER);
  const queue = await openWorkQueue(db, database);
  try {
    const failed = await queue.listFailed();
    const retried = retry === undefined ? 0 : await queue.retryFailed(choose(failed, retry));
    const gone = drop === undefined ? [] : choose(failed, drop);
    if (gone.length > 0) await queue.dropFailed(gone);
    const [topics, workers, left] = [await queue.count(), await listWorkers(db), await queue.listFailed()];
    return { topics, workers, failed: left, retried, dropped: gone.length };
  } finally {
    await queue.close();
  }
}

function choose(failed: readonly FailedItem[], reference: string): string[] {
  const found = failed.filter(({ id }) => reference === 'all' || id.startsWith(reference)).map(({ id }) => id);
  if (found.length > 0 || reference === 'all') return found;
  throw new CollimateError(
    'USAGE',
    `no failed item is called ${reference}`,
    'See `collimate work` for those there are.',
  );
}

function describe({ topics, workers, failed, retried, dropped }: Work): string {
  const lines: string[] = [];
  if (retried > 0) lines.push(`${plural(retried, 'item')} wait to be tried again.`);
  if (dropped > 0) lines.push(`${plural(dropped, 'item')} given up.`);
  lines.push(
    workers.length === 0
      ? 'No worker is there. Start one with `collimate worker`.'
      : formatTable([
          ['worker', 'state', 'device', 'doing', 'done', 'failed', 'a minute'],
          ...workers.map(({ name, state, device, doing, done, failed: tries, perMinute }) => [
            name,
            state,
            device,
            doing || '–',
            formatNumber(done),
            formatNumber(tries),
            perMinute > 0 ? formatNumber(Number(perMinute.toPrecision(3))) : '–',
          ]),
        ]),
  );
  lines.push(
    topics.length === 0
      ? 'Nothing waits.'
      : formatTable([
          ['work', 'waiting', 'in hand'],
          ...topics.map(({ topic, waiting, working }) => [topic, formatNumber(waiting), formatNumber(working)]),
        ]),
  );
  if (failed.length > 0)
    lines.push(
      formatTable([
        ['failed for good', 'work', 'tries', 'error'],
        ...failed.map(({ id, topic, attempts, error }) => [id.slice(0, 8), topic, String(attempts), error]),
      ]),
      'Try again with --retry ID or --retry all, or give up with --drop.',
    );
  return lines.join('\n\n');
}

// `collimate work`: what waits for workers, who works, and what failed for good; to try it again, or give it up.

import type { Command } from 'commander';
import { isPostgresUrl } from '../project/config/database-url.ts';
import { FOLDER } from '../project/config/objects-address.ts';
import type { Project } from '../project/project.ts';
import { countFailed, countWork, type FailedItem } from '../project/work/count-work.ts';
import { openWorkQueue, requireShared, type TopicCount, type WorkQueue } from '../project/work/queue.ts';
import { listWorkers, type Worker } from '../project/work/workers.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, formatTable, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { wholeNumber } from './numbers.ts';
import { withProject } from './with-project.ts';

interface Work {
  readonly topics: readonly TopicCount[];
  readonly workers: readonly Worker[];
  /** The latest that failed for good. */
  readonly failed: readonly FailedItem[];
  /** How many there are in all. */
  readonly failedCount: number;
  /** Failed items that were put back, or taken away, by this command. */
  readonly retried: number;
  readonly dropped: number;
}

/** Failed items that are listed. */
const LISTED = 20;

interface Choice {
  limit: number;
  retry?: string;
  drop?: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--retry <id>', 'try failed items again: all, or the one whose identifier starts so')
    .option('--drop <id>', 'give failed items up: all, or the one whose identifier starts so')
    .option('--limit <n>', 'failed items that are listed, the latest first', wholeNumber(0, 1e6), LISTED);
  command.action(async (choice: Choice) => {
    const work = await withProject(context, command, (project) => lookAtWork(project, choice));
    context.print(work, describe(work));
  });
  addConfigFlags(command, []);
  addExamples(command, ['work', 'work --retry all', 'work --drop 1f2e3d4c --json']);
}

async function lookAtWork({ db, config }: Project, { retry, drop, limit }: Choice): Promise<Work> {
  const { database, objects } = config;
  requireShared(database, objects, isPostgresUrl(database) && objects !== FOLDER);
  const queue = await openWorkQueue(db, database);
  try {
    const retried = retry === undefined ? 0 : await queue.retryFailed(await choose(queue, retry));
    const dropped = drop === undefined ? 0 : await queue.dropFailed(await choose(queue, drop));
    return {
      topics: await queue.count(),
      workers: await listWorkers(db),
      failed: limit === 0 ? [] : await queue.listFailed(limit),
      failedCount: countFailed(await countWork(db)),
      retried,
      dropped,
    };
  } finally {
    await queue.close();
  }
}

/** The identifier that begins so; undefined for all. @throws CollimateError USAGE where none or several do */
async function choose(queue: WorkQueue, reference: string): Promise<string[] | undefined> {
  if (reference === 'all') return undefined;
  const found = reference === '' ? [] : await queue.listFailed(2, { start: reference });
  if (found.length === 1) return [found[0]!.id];
  throw new CollimateError(
    'USAGE',
    found.length > 1
      ? `several failed items are called ${reference}…`
      : `no failed item is called ${JSON.stringify(reference)}`,
    'See `collimate work` for those there are, and with --json for their whole identifiers.',
  );
}

function describe({ topics, workers, failed, failedCount, retried, dropped }: Work): string {
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
        ...failed.map(({ id, topic, attempts, error }) => [id.slice(0, 8), topic, String(attempts), shorten(error)]),
      ]),
    );
  if (failedCount > 0)
    lines.push(
      ...(failedCount > failed.length
        ? [`${formatNumber(failedCount)} failed for good; the latest ${failed.length} are listed (--limit).`]
        : []),
      'Try again with --retry ID or --retry all, or give up with --drop.',
    );
  return lines.join('\n\n');
}

/** One line of an error; --json has all of it. */
function shorten(error: string): string {
  const [line = '', ...rest] = error.split('\n');
  return rest.length > 0 || line.length > WIDEST_ERROR ? `${line.slice(0, WIDEST_ERROR)} …` : line;
}

const WIDEST_ERROR = 300;

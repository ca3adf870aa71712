// `collimate move-objects --to s3://bucket/prefix`: pictures and weights from the project's folder to a bucket, or back.

import type { Command } from 'commander';
import type { Session } from '../method/session.ts';
import { CONFIG_FILE } from '../project/config/config-file.ts';
import { changeConfigFile } from '../project/config/config-write.ts';
import { FOLDER, parseBucketAddress } from '../project/config/objects-address.ts';
import { type CopiedObjects, copyObjects } from '../project/objects/copy-objects.ts';
import { openFolderObjects } from '../project/objects/folder.ts';
import type { Objects } from '../project/objects/objects.ts';
import { CollimateError } from '../util/errors.ts';
import { formatBytes, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

/** What of a project is named by its content. */
const PREFIXES = ['images/', 'weights/'];

export function register(command: Command, context: CliContext): void {
  command.requiredOption('--to <address>', 's3://bucket/prefix, or folder for the project’s own');
  addConfigFlags(command, []);
  command.action(async ({ to }: { to: string }) => {
    if (to !== FOLDER) parseBucketAddress(to, '--to');
    const result = await withStage(context, command, 'move-objects', (session) => moveObjects(session, to));
    context.print(result, describe(result));
  });
  addExamples(command, [
    'move-objects --to s3://pictures/dogs',
    'move-objects --to "s3://pictures/dogs?endpoint=http://localhost:9000"',
    'move-objects --to folder --json',
  ]);
}

interface Result extends CopiedObjects {
  from: string;
  to: string;
  /** Where the old place comes from, if that still goes before the project's file. */
  overridden: string | null;
}

/** The configuration names the new place only once every object there has been compared. */
async function moveObjects({ project, progress, signal }: Session, to: string): Promise<Result> {
  const { dir, config, sources } = project;
  if (to === config.objects)
    throw new CollimateError('USAGE', `move-objects: the objects are in ${to} already`, 'Name another place.');
  const source = project.objects ?? openFolderObjects(dir);
  const target = await openObjects(dir, to);
  try {
    const copied = await copyObjects(source, target, PREFIXES, { progress, signal });
    changeConfigFile(dir, { objects: to === FOLDER ? null : to });
    const origin = sources.objects ?? '';
    const overridden = origin === 'default' || origin.endsWith(CONFIG_FILE) ? null : origin;
    return { ...copied, from: config.objects, to, overridden };
  } finally {
    target.close();
  }
}

async function openObjects(dir: string, to: string): Promise<Objects> {
  if (to === FOLDER) return openFolderObjects(dir);
  return (await import('../project/objects/s3.ts')).openBucket(to);
}

function describe({ objects, there, bytes, from, to, overridden }: Result): string {
  return [
    `Now in ${to} as in ${from}: ${plural(objects, 'object')}, ${formatBytes(bytes)}; each was read back and compared${there > 0 ? `, and ${plural(there, 'was', 'were')} there already` : ''}.`,
    `${CONFIG_FILE} now names the new place. ${from === FOLDER ? 'What is in the folder stays, as a copy.' : 'The bucket is as it was.'}`,
    ...(overridden === null ? [] : [`${overridden} still names the old one and goes before the file: take it away.`]),
  ].join('\n');
}

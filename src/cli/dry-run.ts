// `--dry-run` of long commands: says what would be done, how long it takes and how much room it needs, and does nothing.

import type { Command } from 'commander';
import type { Foresight } from '../method/foresight.ts';
import type { Session } from '../method/session.ts';
import { formatBytes, formatDuration } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import type { CliContext } from './context.ts';
import { withProject } from './with-project.ts';

export function addDryRun(command: Command): void {
  command.option('--dry-run', 'say what would be done, how long it takes and how much room it needs, and do nothing');
}

/** Nothing is locked: it may be asked while a stage runs. */
export async function tellForesight(
  context: CliContext,
  command: Command,
  foresee: (session: Session) => Promise<Foresight>,
): Promise<void> {
  const found = await withProject(context, command, (project) =>
    foresee({ project, world: openWorld(project.config), progress: context.progress(), signal: context.signal }),
  );
  context.print({ dryRun: true, ...found }, describe(found));
}

function describe({ tasks, seconds, basis, bytes, free }: Foresight): string {
  const time = seconds === null ? 'not known' : seconds === 0 ? 'none to speak of' : `about ${formatDuration(seconds)}`;
  return [
    'Nothing was done. This would be:',
    ...tasks.map((task) => `  ${task}`),
    `Time: ${time}${seconds === 0 ? '' : ` (${basis})`}`,
    `Room: about ${formatBytes(Math.round(bytes))}; ${formatBytes(free)} are free`,
  ].join('\n');
}

// Opening the project around a command's work, and closing it whatever happens.

import type { Command } from 'commander';
import type { Session } from '../method/session.ts';
import { openProject, type Project } from '../project/project.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import type { CliContext } from './context.ts';
import { readConfigFlags } from './flags.ts';

/** Opens the project with the flags of `command` applied, for work that may go on beside a stage: reading, rating. */
export async function withProject<T>(
  context: CliContext,
  command: Command,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const project = await openProject(context.options().project ?? '.', {
    env: context.env,
    flags: readConfigFlags(command),
  });
  try {
    return await work(project);
  } finally {
    await project.close();
  }
}

/**
 * Opens the project and takes its lock for `stage`. Where Ctrl+C came, the command ends with exit code 130 once `work`
 * has returned or thrown, so a stage saves and then calls `throwIfInterrupted(signal)` or returns.
 */
export function withStage<T>(
  context: CliContext,
  command: Command,
  stage: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withProject(context, command, async (project) => {
    const lock = await project.lock(stage);
    const progress = context.progress();
    try {
      const dead = lock.takenOverFrom;
      if (dead)
        progress.note(`Process ${dead.pid} ended while running \`${dead.stage}\`; going on from what it saved.`);
      const result = await work({ project, world: openWorld(project.config), progress, signal: context.signal });
      throwIfInterrupted(context.signal);
      return result;
    } finally {
      await lock.release();
    }
  });
}

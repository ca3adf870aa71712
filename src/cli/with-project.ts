// Opening the project around a command's work, and closing it whatever happens.

import type { Command } from 'commander';
import type { Session } from '../method/session.ts';
import { PATIENCE_VARIABLE } from '../project/config/config-env.ts';
import { loadConfig } from '../project/config/config-load.ts';
import { isPostgresUrl } from '../project/config/database-url.ts';
import type { Objects } from '../project/objects/objects.ts';
import { findProjectConfig, openProject, type Project } from '../project/project.ts';
import { type Crew, openCrew } from '../project/work/crew.ts';
import { CollimateError } from '../util/errors.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import type { Progress } from '../util/progress.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import type { CliContext } from './context.ts';
import { readConfigFlags } from './flags.ts';
import { traceStage } from './tracing.ts';

const PATIENCE_S = 600;

/** How long a command waits for a PostgreSQL server that went away. */
function readPatience(env: CliContext['env']): number {
  const seconds = Number(env[PATIENCE_VARIABLE] || PATIENCE_S);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  throw new CollimateError(
    'USAGE',
    `${PATIENCE_VARIABLE}: expected seconds, 0 or more, got ${JSON.stringify(env[PATIENCE_VARIABLE])}`,
    'It says how long to wait for a PostgreSQL server that went away.',
  );
}

/** Opens the project with the flags of `command` applied, for work that may go on beside a stage: reading, rating. */
export async function withProject<T>(
  context: CliContext,
  command: Command,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const project = await openProject(context.options().project ?? '.', {
    env: context.env,
    flags: readConfigFlags(command),
    patience: {
      ms: readPatience(context.env),
      tell: context.tell,
      signal: context.signal,
    },
  });
  for (const note of project.notes) context.tell(`note: ${note}`);
  if (project.readOnly) context.tell(`${project.dir} cannot be written: it is only read.`);
  try {
    return await work(project);
  } finally {
    await project.close();
  }
}

/** The workers of a project whose rows and files they can reach. */
function openProjectCrew(project: Project, context: CliContext, { note }: Progress): Crew | undefined {
  const { config, db, objects } = project;
  if (!isPostgresUrl(config.database) || !objects || config.workers.use === 'never') return undefined;
  const patience = { ms: readPatience(context.env), tell: note, signal: context.signal };
  return openCrew({ db, config, patience });
}

/** With the workers of the project that the command stands in, where there is one on servers, for work that needs no project. */
export async function withCrewIfAny<T>(
  context: CliContext,
  command: Command,
  progress: Progress,
  work: (workers?: { readonly crew: Crew; readonly objects: Objects }) => Promise<T>,
): Promise<T> {
  const file = findProjectConfig(context.options().project ?? '.');
  const { config } = loadConfig({ env: context.env, ...(file && { file }) });
  if (!file || !isPostgresUrl(config.database)) return work();
  return withProject(context, command, async (project) => {
    const crew = openProjectCrew(project, context, progress);
    try {
      return await work(crew && { crew, objects: project.objects! });
    } finally {
      await crew?.close();
    }
  });
}

/** Parts of a configuration that say where and by whom something is made, not what. */
const WHERE = ['database', 'objects', 'objectsCacheGib', 'device', 'threads', 'workers', 'studio'];

/** What a stage makes: its options, and the configuration that it makes it by. */
export function whatIsMade(command: Command): (project: Project) => object {
  return ({ config }) => ({
    options: command.opts(),
    config: Object.fromEntries(Object.entries(config).filter(([key]) => !WHERE.includes(key))),
  });
}

/**
 * Opens the project and takes its lock for `stage`: alone, or with `beside` next to other stages and to this one with other
 * settings; what `beside` returns is what may not be made twice at once. Where Ctrl+C came, the command ends with exit code 130 once `work`
 * has returned or thrown, so a stage saves and then calls `throwIfInterrupted(signal)` or returns.
 */
export function withStage<T>(
  context: CliContext,
  command: Command,
  stage: string,
  work: (session: Session) => Promise<T>,
  beside?: (project: Project) => object,
): Promise<T> {
  return withProject(context, command, async (project) => {
    const lock = await project.lock(stage, beside?.(project));
    const progress = context.progress();
    const crew = openProjectCrew(project, context, progress);
    try {
      const dead = lock.takenOverFrom;
      if (dead)
        progress.note(`Process ${dead.pid} ended while running \`${dead.stage}\`; going on from what it saved.`);
      const signal = lock.lost ? AbortSignal.any([context.signal, lock.lost]) : context.signal;
      const session = { project, world: openWorld(project.config), progress, signal, crew };
      const result = await traceStage(stage, () => work(session));
      throwIfInterrupted(signal);
      return result;
    } finally {
      await crew?.close();
      await lock.release();
    }
  });
}

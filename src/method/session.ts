// What a stage is given to work with.

import type { Project } from '../project/project.ts';
import type { Crew } from '../project/work/crew.ts';
import { CollimateError } from '../util/errors.ts';
import type { Progress } from '../util/progress.ts';
import type { World } from '../world/world.ts';

/**
 * An open project, the world that its configuration names, and what a long work tells and heeds.
 *
 * @example
 * const session = { project, world: openWorld(project.config), progress: createProgress(), signal: controller.signal };
 * await generateImages(session);
 */
export interface Session {
  readonly project: Project;
  /** Null where no code knows the pictures: people are the only judges then. */
  readonly world: World | null;
  readonly progress: Progress;
  /** Aborted, a stage saves what is done and throws INTERRUPTED. */
  readonly signal: AbortSignal;
  /** Workers on this and other machines, where the project is on servers that they reach. */
  readonly crew?: Crew | undefined;
}

/** A session before its project is opened, as experiments have it, which make projects of their own. */
export type ProjectlessSession = Omit<Session, 'project'>;

/** The advice where answers are missing; simulated raters are there where the project has a world. */
export function howToRate(hasWorld: boolean): string {
  return hasWorld
    ? 'Rate images in `collimate studio`, or have simulated raters answer for what their world knows: `collimate label --simulate`.'
    : 'Rate images in `collimate studio`, or import answers.';
}

/**
 * The session's world, where the work is nothing without one.
 *
 * @throws CollimateError USAGE where the project has none.
 */
export function requireWorld({ world }: Pick<Session, 'world'>, who: string): World {
  if (world) return world;
  throw new CollimateError(
    'USAGE',
    `${who}: expected a world whose judge can look at the pictures, and the project has none (world: none)`,
    'Have people answer: `collimate studio` for single pictures, `collimate evaluate human` for pairs.',
  );
}

// A whole run on a PostgreSQL server that goes away for seconds in the middle of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listCheckpoints } from '../../project/learning/checkpoints.ts';
import { openProject, type Project } from '../../project/project.ts';
import { makeNetwork, makePostgresSchema, makeTemporaryDir, skipPostgres } from '../../project/testing.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { quietProgress } from '../feedback/testing.ts';
import { makeTuningProject } from './testing.ts';
import { tuneModel } from './tune.ts';

const QUICK = { maxTrainSteps: 4, checkpointingSteps: 2, samplesEvery: 0 };
const AWAY_MS = 500;

function sessionOf(project: Project, onTick?: (done: number) => void) {
  const signal = new AbortController().signal;
  return { project, world: openWorld(project.config), progress: quietProgress(onTick), signal };
}

/** The project of `dir` as a command opens it, which has patience. */
const openPatiently = (dir: string, tell: (text: string) => void): Promise<Project> =>
  openProject(dir, { patience: { ms: 60_000, tell } });

test('tuning waits for a database that goes away in the middle, and makes what it makes without that', {
  skip: skipPostgres,
}, async (t) => {
  const network = await makeNetwork(t, await makePostgresSchema(t));
  const made = await Promise.all(
    [network.url, undefined].map((database) =>
      makeTuningProject(makeTemporaryDir(t), { tune: QUICK, ...(database && { database }) }),
    ),
  );
  for (const project of made) await project.close();
  const told: string[] = [];
  const tell = (text: string) => {
    told.push(text);
    // It comes back some time after the stage has noticed, however slow this machine is.
    if (/cannot be reached/.test(text)) setTimeout(network.mend, AWAY_MS);
  };
  const [project, straight] = [await openPatiently(made[0]!.dir, tell), await openProject(made[1]!.dir)];
  t.after(() => Promise.all([project.close(), straight.close()]));
  let isCut = false;
  /** Away from the first step on, so that what is stored next meets no server. */
  const cutOnce = (done: number) => {
    if (done < 1 || isCut) return;
    isCut = true;
    network.cut();
  };

  const tuned = await tuneModel(sessionOf(project, cutOnce));
  assert.match(told.join('\n'), /cannot be reached[\s\S]*answers again/);
  assert.equal(tuned.modelHash, (await tuneModel(sessionOf(straight))).modelHash);
  const steps = async ({ db }: Project) => (await listCheckpoints(db)).map(({ step, modelHash }) => [step, modelHash]);
  assert.deepEqual(await steps(project), await steps(straight));
  assert.equal((await steps(project)).length, 2);
});

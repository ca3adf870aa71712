// Whole stages on a PostgreSQL server that goes away for seconds in the middle of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { listCheckpoints } from '../../project/learning/checkpoints.ts';
import { openProject, type Project } from '../../project/project.ts';
import { makeNetwork, makePostgresSchema, makeTemporaryDir, skipPostgres } from '../../project/testing.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { generateImages } from '../feedback/generate.ts';
import { quietProgress } from '../feedback/testing.ts';
import { makeTuningProject } from './testing.ts';
import { tuneModel } from './tune.ts';

const QUICK = { maxTrainSteps: 4, checkpointingSteps: 2, samplesEvery: 0 };
const PROMPTS = ['--count 1', '--color 0', '--background 0', '--combination 0', '--unseen-per-category 0'];
const AWAY_MS = 500;

function sessionOf(project: Project, onTick?: (done: number) => void) {
  const signal = new AbortController().signal;
  return { project, world: openWorld(project.config), progress: quietProgress(onTick), signal };
}

/** The project of `dir` by a command that has patience, with a few prompts to draw. */
function openPatiently(dir: string, tell = (_text: string) => {}): Promise<Project> {
  const flags = PROMPTS.map((text) => {
    const [flag, value] = text.split(' ') as [string, string];
    return {
      path: `prompts.${flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
      flag,
      text: value,
    };
  });
  return openProject(dir, { flags, patience: { ms: 60_000, tell } });
}

test('tuning and drawing wait for a database that goes away in the middle, and make what they make without that', {
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
  const [project, straight] = [await openPatiently(made[0]!.dir, tell), await openPatiently(made[1]!.dir)];
  t.after(() => Promise.all([project.close(), straight.close()]));
  let isCut = false;
  /** Away from the first step or picture on, so that what is stored next meets no server. */
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

  told.length = 0;
  isCut = false;
  const settings = { imagesPerPrompt: 6, batchSize: 2, sampler: 'ddim' as const };
  for (const one of [project, straight]) Object.assign(one.config.generate, settings);
  await generateImages(sessionOf(project, cutOnce));
  assert.match(told.join('\n'), /answers again/);
  await generateImages(sessionOf(straight));
  const images = async ({ db }: Project) => (await listImages(db)).map(({ id, hash }) => [id, hash]).sort();
  assert.deepEqual(await images(project), await images(straight));
});

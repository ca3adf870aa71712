// Tuning in rounds by workers: the same bytes as in one process, whoever took which part.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPartCrew } from '../method/tuning/averaging/work.ts';
import { makePipelineExamples, makeSmallPipeline, testTuneSettings } from '../method/tuning/testing.ts';
import { trainUnet } from '../method/tuning/train.ts';
import { hashModel } from '../models/inference/painter.ts';
import { makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { openWorkQueue } from '../project/work/queue.ts';
import { makeSharedProject, startTestWorker } from './testing.ts';

const RUN = 'tune-1';

function readFiles(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }): [string, string] => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path).toString('base64')];
    })
    .sort();
}

test('two workers tune in rounds to the bytes of one process; one that comes to a round that is over leaves it alone', {
  skip: skipPostgres,
}, async (t) => {
  const pipeline = makeSmallPipeline(makeTemporaryDir(t));
  const settings = testTuneSettings({
    method: 'dpo',
    loraRank: 2,
    workers: 2,
    localSteps: 2,
    batchSize: 3,
    gradientAccumulationSteps: 2,
    maxTrainSteps: 4,
    checkpointingSteps: 0,
    samplesEvery: 0,
  });
  const data = makePipelineExamples(pipeline, [1, 0, 0, 1]);
  const preferences = [
    [0, 2],
    [3, 1],
  ] as const;
  const common = { pipeline, data, settings, seed: 3, preferences, threads: 1 };
  const { signal } = new AbortController();
  const expected = readFiles(await trainUnet({ ...common, runDir: join(makeTemporaryDir(t), RUN), signal }));

  const { project, session, bucket } = await makeSharedProject(t);
  // Its memory holds the model and no step of tuning.
  const small = await startTestWorker(t, project, { memory: 100 * 2 ** 20 });
  const crew = openPartCrew(session, { ...common, baseHash: hashModel(pipeline.folder) })!;
  const tasks: string[] = [];
  const watched = {
    ...crew,
    make: (...args: Parameters<typeof crew.make>) => {
      tasks.push(...args[0].map(({ part, from, to }) => `${part} ${from} ${to}`));
      return crew.make(...args);
    },
  };
  const tuned = trainUnet({ ...common, runDir: join(makeTemporaryDir(t), RUN), signal, crew: watched });
  tuned.catch(() => undefined);
  while (small.notes.length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.match(
    small.notes[2]!,
    /^tune-1-\w+ is left to others: a part of its rounds takes about .* of 100\.0 MiB here\.$/,
  );
  const workers = await Promise.all([1, 2].map(() => startTestWorker(t, project)));
  assert.deepEqual(readFiles(await tuned), expected);
  assert.deepEqual(tasks, ['0 0 2', '1 0 2', '0 2 4', '1 2 4']);
  const left = readdirSync(bucket.dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /rounds-.*_object$/.test(name),
  );
  assert.deepEqual(left, [], 'nothing of the rounds is left in the bucket');

  // A part whose round is over, as a worker asks for it that was thought dead.
  const queue = await openWorkQueue(project.db, project.config.database);
  t.after(() => queue.close());
  const gone = '0'.repeat(64);
  const task = { part: 0, parts: 2, from: 0, to: 2, params: gone, moments: null };
  const rest = { run: `rounds-${RUN}`, model: hashModel(pipeline.folder), seed: 3, settings };
  const topic = { kind: 'tune', files: rest.model } as const;
  await queue.add(topic, [{ key: 'late', data: { ...rest, data: gone, task } }], { attempts: 1, heartbeat: 10 });
  while ((await queue.listLive(topic)).size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(await queue.listFailed(), []);
  const summaries = await Promise.all(workers.map((worker) => worker.stop()));
  assert.equal(
    summaries.reduce((sum, { done }) => sum + done, 0),
    5,
  );
  const { done, failed } = await small.stop();
  assert.deepEqual([done, failed], [0, 0]);
  assert.match(workers.flatMap(({ notes }) => notes).join('\n'), /late: its round is over, and nobody waits for it/);
});

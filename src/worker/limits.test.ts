// What bounds workers and what waits for them: memory, and what Ctrl+C does with work.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateImages } from '../method/feedback/generate.ts';
import { listImages } from '../project/images/images.ts';
import { skipPostgres } from '../project/testing.ts';
import { openCrew } from '../project/work/crew.ts';
import { openWorkQueue } from '../project/work/queue.ts';
import { makeSharedProject, startTestWorker } from './testing.ts';

const skip = skipPostgres;

test('Ctrl+C leaves what waits to workers or takes it back, as configured; a worker leaves models that are too large', {
  skip,
}, async (t) => {
  const generate = { imagesPerPrompt: 1, steps: 2, batchSize: 4 };
  const { project, session, notes } = await makeSharedProject(t, { generate, workers: { atStop: 'leave' } });
  const queue = await openWorkQueue(project.db, project.config.database);
  t.after(() => queue.close());
  const waiting = async () => (await queue.count()).reduce((sum, topic) => sum + topic.waiting, 0);

  /** Begins, and stops once all of it waits. */
  async function stopWaiting(crew = session.crew!): Promise<void> {
    const controller = new AbortController();
    const made = generateImages({ ...session, crew, signal: controller.signal });
    while ((await waiting()) < 6) await sleep(20);
    controller.abort();
    await assert.rejects(made, { code: 'INTERRUPTED' });
  }
  await stopWaiting();
  assert.equal(await waiting(), 6);
  assert.match(notes.at(-1)!, /Workers go on with 6 items/);
  const cancelling = { ...project.config, workers: { ...project.config.workers, atStop: 'cancel' as const } };
  const crew = openCrew({ db: project.db, config: cancelling });
  t.after(() => crew.close());
  await stopWaiting(crew);
  assert.equal(await waiting(), 0);
  assert.match(notes.at(-1)!, /6 items that waited for a worker are cancelled/);

  // Who waits is told that nobody is there, and that whoever is there takes none of it.
  const told: string[] = [];
  const waits = new AbortController();
  const hasty = openCrew({ db: project.db, config: project.config, aloneMs: 300 });
  t.after(() => hasty.close());
  const progress = { ...session.progress, note: (text: string) => void told.push(text) };
  const made = generateImages({ ...session, crew: hasty, progress, signal: waits.signal });
  made.catch(() => undefined);
  while (told.length < 1) await sleep(20);
  const small = await startTestWorker(t, project, { memory: 1000 });
  while (small.notes.length < 2) await sleep(20);
  assert.match(small.notes[1]!, /^draw-1-\w+ is left to others: its model takes about .* of 1000 B here/);
  while (told.length < 2) await sleep(20);
  waits.abort();
  await assert.rejects(made, { code: 'INTERRUPTED' });
  assert.match(told[0]!, /^No worker is there: the work waits/);
  assert.match(told[1]!, /^1 worker is there and takes none of draw-1-\w+: they say why, .*memory/);
  assert.equal((await small.stop()).done, 0);
  const large = await startTestWorker(t, project);
  while ((await listImages(project.db)).length < 6) await sleep(50);
  assert.equal((await large.stop()).done, 6, 'what was left was made without the stage');
  assert.equal((await generateImages(session)).drawn, 0);
});

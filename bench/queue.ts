// Times the rating queue: one `next` and one `answer` on a project of many images.
// node --import tsx bench/queue.ts [images=100000] [answers=500] [postgres://… of an empty database]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerItems } from '../src/method/feedback/queue/answer-items.ts';
import { nextItems } from '../src/method/feedback/queue/next-items.ts';
import { configSchema } from '../src/project/config/config.ts';
import { openDatabase } from '../src/project/database/database.ts';
import { putRater } from '../src/project/rating/raters.ts';
import { fillStore } from '../src/project/testing.ts';

const [images = 100_000, answers = 500] = process.argv.slice(2, 4).map(Number);
const dir = mkdtempSync(join(tmpdir(), 'collimate-queue-'));
const db = await openDatabase(process.argv[4] ?? join(dir, 'queue.db'));
try {
  await fillStore(db, images);
  for (const id of ['bob', 'cy']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  for (const priority of ['order', 'random'] as const) {
    const { studio } = configSchema.parse({ studio: { priority } });
    const context = { db, config: { seed: 0, studio } };
    const start = performance.now();
    await nextItems(context, { raterId: 'ann', count: 1 });
    console.log(`${priority}: put in order in ${(performance.now() - start).toFixed(0)} ms`);
    const cpu = process.cpuUsage();
    const times = { next: [] as number[], answer: [] as number[] };
    for (let i = 0; i < answers; i++) {
      const raterId = ['ann', 'bob', 'cy'][i % 3]!;
      const before = performance.now();
      const [item] = await nextItems(context, { raterId, count: 1 });
      const between = performance.now();
      const answer = { clientId: `${priority}-${i}`, leaseId: item!.id, answer: 'good' as const, milliseconds: 900 };
      await answerItems(context, { raterId, answers: [answer] });
      times.next.push(between - before);
      times.answer.push(performance.now() - between);
    }
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${priority}: ${((user + system) / 1000 / answers).toFixed(2)} ms of computing for one next and one answer`,
    );
    for (const [name, list] of Object.entries(times)) console.log(`${priority}: ${name} ${describe(list)}`);
  }
} finally {
  await db.destroy();
  rmSync(dir, { recursive: true, force: true });
}

function describe(times: number[]): string {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2);
  return `median ${at(0.5)} ms, 90 % ${at(0.9)} ms, 99 % ${at(0.99)} ms`;
}

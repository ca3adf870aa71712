// The server is killed (-9) at random moments while raters answer, and started again. Every answer that a rater saw
// confirmed must be there, once, and no image may be stuck.
//   node --import tsx bench/studio-kill.ts [kills] [raters] [postgres://… of an empty database]

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextItems } from '../src/method/feedback/queue/next-items.ts';
import { releaseItems } from '../src/method/feedback/queue/release-items.ts';
import { putRater } from '../src/project/rating/raters.ts';
import { compare, findFreePort, makeProject, rate, startServer, type Tally, temporary } from './studio-people.ts';

const kills = Number(process.argv[2] ?? 50);
const raters = Number(process.argv[3] ?? 50);
const port = await findFreePort();

const dir = mkdtempSync(join(tmpdir(), 'collimate-kill-'));
const { project, secrets } = await makeProject(temporary(dir), { images: 20_000, raters, database: process.argv[4] });
const tally: Tally = { times: [], confirmed: new Set(), resent: 0, rejected: [] };
let server: ChildProcess = await startServer(project.dir, port);
let end = Number.POSITIVE_INFINITY;
const people = secrets.map((secret, i) =>
  rate(
    {
      name: `rater-${i}`,
      secret,
      base: `http://127.0.0.1:${port}`,
      pace: 500,
      get end() {
        return end;
      },
    },
    tally,
  ),
);
for (let i = 0; i < kills; i++) {
  await sleep(200 + Math.random() * 2000);
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
  server = await startServer(project.dir, port);
}
end = Date.now() + 2000;
await Promise.all(people);
server.kill('SIGINT');
await new Promise((resolve) => server.once('exit', resolve));

const figures = await compare(project, tally);
// With every lease over, each image that lacks answers must be handed out again.
await project.db
  .updateTable('leases')
  .set({ expiresAt: '2020-01-01T00:00:00.000Z' })
  .where('status', '=', 'open')
  .execute();
await putRater(project.db, { id: 'sweeper', name: 'sweeper', kind: 'human', settings: {} });
const config = { ...project.config, studio: { ...project.config.studio, goldRate: 0, repeatRate: 0 } };
// A look ends a hundred leases that ran out; raters look all the time.
const queue = { db: project.db, config };
for (let look = 0; look < 200; look++) {
  const [item] = await nextItems(queue, { raterId: 'sweeper', count: 1 });
  if (item) await releaseItems(queue, { raterId: 'sweeper', leases: [item.id] });
}
const stuck = await project.db
  .selectFrom('queueItems')
  .select((e) => e.fn.countAll<number>().as('n'))
  .where('answers', '<', 3)
  .where('open', '=', 0)
  .where('held', '=', 0)
  .executeTakeFirstOrThrow();
await project.close();
rmSync(dir, { recursive: true, force: true });

const result = {
  kills,
  raters,
  confirmed: tally.confirmed.size,
  resent: tally.resent,
  rejected: tally.rejected.length,
  ...figures,
  stuck: Number(stuck.n),
  loadAverage: loadavg()[0],
};
console.log(JSON.stringify(result, null, 1));
if (tally.rejected.length > 0) console.error(tally.rejected.slice(0, 5).join('\n'));
process.exit(figures.lost + figures.doubled + result.stuck === 0 ? 0 : 1);

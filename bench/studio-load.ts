// How long answers take to be stored while 200 raters, who come within ten seconds, each answer every 500 ms for a minute.
//   node --import tsx bench/studio-load.ts [raters] [seconds] [images] [postgres://… of an empty database]

import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compare,
  findFreePort,
  makeProject,
  processorSeconds,
  quantile,
  rate,
  startServer,
  type Tally,
  temporary,
} from './studio-people.ts';

const raters = Number(process.argv[2] ?? 200);
const seconds = Number(process.argv[3] ?? 60);
const port = await findFreePort();
const JOIN_WITHIN = 10_000;

const dir = mkdtempSync(join(tmpdir(), 'collimate-load-'));
const { project, secrets } = await makeProject(temporary(dir), {
  images: Number(process.argv[4] ?? 50_000),
  raters,
  database: process.argv[5],
});
const server = await startServer(project.dir, port);
const tally: Tally = { times: [], confirmed: new Set(), resent: 0, rejected: [] };
const before = loadavg()[0]!;
const idle = processorSeconds(server);
const end = Date.now() + JOIN_WITHIN + seconds * 1000;
const base = `http://127.0.0.1:${port}`;
await Promise.all(
  secrets.map((secret, i) =>
    rate({ name: `rater-${i}`, secret, base, pace: 500, joinWithin: JOIN_WITHIN, end }, tally),
  ),
);
const after = loadavg()[0]!;
const worked = processorSeconds(server) - idle;
server.kill('SIGINT');
await new Promise((resolve) => server.once('exit', resolve));
const figures = await compare(project, tally);
await project.close();
rmSync(dir, { recursive: true, force: true });

const { times, confirmed, resent, rejected } = tally;
console.log(
  JSON.stringify(
    {
      raters,
      seconds,
      sent: times.length,
      confirmed: confirmed.size,
      perSecond: Math.round(confirmed.size / (seconds + JOIN_WITHIN / 2000)),
      p50: Math.round(quantile(times, 0.5)),
      p90: Math.round(quantile(times, 0.9)),
      p99: Math.round(quantile(times, 0.99)),
      most: Math.round(Math.max(...times)),
      within100ms: times.filter((time) => time <= 100).length / times.length,
      serverMsPerAnswer: (1000 * worked) / confirmed.size,
      ...figures,
      resent,
      rejected: rejected.length,
      loadAverage: [before, after],
    },
    null,
    1,
  ),
);
process.exit(figures.lost + figures.doubled === 0 ? 0 : 1);

// Where queue, database, bucket and rounds of tuning saturate with 8 to 512 workers: a seeded simulation with costs that were measured
// here and bandwidths that were published. No machine is touched.
//   node --import tsx bench/machines-simulation.ts [seed=1]

import { random } from '../src/util/random.ts';

const SIZES = [8, 16, 32, 64, 128, 256, 512];
const seed = Number(process.argv[2] ?? 1);

/** Costs of an item at the servers, in seconds; bench/machines.ts measures those of the database on one busy core. */
const DATABASE = {
  /** Statements that are worked on at once: as many as a small server has cores. */
  cores: 4,
  /** Taking a batch, and completing it: 0.5 ms an item of twenty was measured for both together. */
  takeBatch: 0.004,
  completeEach: 0.0003,
  /** The row of a picture. */
  insertEach: 0.0015,
  /** A sign of life, of worker and items, each 2.5 s. */
  beat: 0.001,
  beatEvery: 2.5,
};

const BUCKET = {
  /** Amazon S3's published rate of PUT, COPY and DELETE of one prefix. */
  putsPerSecond: 3500,
  /** Two requests a picture: is it there, and put. */
  requestSeconds: 0.03,
};

/** What draws: seconds a picture and their spread, bytes a picture, pictures taken at once. */
const JOBS = [
  { name: 'SD 1.5, 50 steps, a data-centre GPU', each: 1.2, spread: 0.15, bytes: 450_000, batch: 32, pictures: 27_000 },
  { name: 'the same on 8 processor cores', each: 90, spread: 0.2, bytes: 450_000, batch: 4, pictures: 27_000 },
  { name: 'embeddings, a data-centre GPU', each: 0.012, spread: 0.1, bytes: 3100, batch: 32, pictures: 108_000 },
] as const;

/** A line that serves so many at once, first come, first served. */
function createServer(width: number) {
  const free = new Array<number>(width).fill(0);
  let busy = 0;
  return {
    /** When what comes at `time` and takes `cost` is done. */
    serve(time: number, cost: number): number {
      let best = 0;
      for (let i = 1; i < width; i++) if (free[i]! < free[best]!) best = i;
      const done = Math.max(time, free[best]!) + cost;
      free[best] = done;
      busy += cost;
      return done;
    },
    share: (seconds: number) => busy / (width * seconds),
  };
}

interface Event {
  readonly time: number;
  readonly worker: number;
  /** What comes next, asked for in the order of time. */
  readonly phase: 'take' | 'store' | 'settle';
  readonly count: number;
}

/** Workers by when they are next free: a heap. */
function createAgenda(workers: number) {
  const heap: Event[] = Array.from({ length: workers }, (_, worker) => ({ time: 0, worker, phase: 'take', count: 0 }));
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    pop(): Event {
      const first = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let least = at;
        if (left < heap.length && heap[left]!.time < heap[least]!.time) least = left;
        if (right < heap.length && heap[right]!.time < heap[least]!.time) least = right;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
    push(event: Event) {
      heap.push(event);
      for (let at = heap.length - 1; at > 0; ) {
        const above = (at - 1) >> 1;
        if (heap[above]!.time <= heap[at]!.time) return;
        swap(at, above);
        at = above;
      }
    },
    size: () => heap.length,
  };
}

function simulateItems(workers: number, job: (typeof JOBS)[number]) {
  const rng = random(seed, 'machines', workers, job.name);
  // Signs of life come evenly, and leave so much of the database.
  const beats = (workers * DATABASE.beat) / DATABASE.beatEvery / DATABASE.cores;
  const slower = 1 / Math.max(0.01, 1 - beats);
  const database = createServer(DATABASE.cores);
  const bucket = createServer(1);
  const agenda = createAgenda(workers);
  const storesFiles = job.bytes > 10_000;
  const ends: number[] = [];
  let left = job.pictures;
  let worked = 0;
  const phases: Readonly<Record<Event['phase'], (event: Event) => void>> = {
    take({ time, worker }) {
      const count = Math.min(job.batch, left);
      if (count === 0) return void ends.push(time);
      left -= count;
      let work = 0;
      for (let i = 0; i < count; i++) work += job.each * Math.exp(job.spread * rng.normal());
      worked += work;
      const began = database.serve(time, slower * DATABASE.takeBatch);
      agenda.push({ time: began + work, worker, phase: storesFiles ? 'store' : 'settle', count });
    },
    store({ time, worker, count }) {
      const stored = bucket.serve(time, (2 * count) / BUCKET.putsPerSecond) + BUCKET.requestSeconds;
      agenda.push({ time: stored, worker, phase: 'settle', count });
    },
    settle({ time, worker, count }) {
      const settled = database.serve(time, slower * count * (DATABASE.insertEach + DATABASE.completeEach));
      agenda.push({ time: settled, worker, phase: 'take', count: 0 });
    },
  };
  while (agenda.size() > 0) {
    const event = agenda.pop();
    phases[event.phase](event);
  }
  const seconds = Math.max(...ends);
  return {
    seconds,
    efficiency: worked / (workers * seconds),
    tail: (seconds - Math.min(...ends)) / seconds,
    database: database.share(seconds) / slower + beats,
    bucket: bucket.share(seconds),
  };
}

/** Parameters that are learned, seconds a step of a part, and the network of a machine in bytes a second. */
const ROUNDS = [
  { name: 'LoRA of rank 64, 100 MB', bytes: 100e6, step: 1 },
  { name: 'U-Net of SD 1.5, 3.4 GB', bytes: 3.44e9, step: 1 },
] as const;
const NETWORK = 10e9 / 8; // 10 Gbit/s, as instances with one GPU are sold
const LOCAL_STEPS = [50, 500];

/** A round: parts load what they begin with, work, and store; the stage loads all, averages, and stores. */
function simulateRound(parts: number, { bytes, step }: (typeof ROUNDS)[number], localSteps: number) {
  const rng = random(seed, 'rounds', parts, localSteps);
  let slowest = 0;
  for (let part = 0; part < parts; part++) {
    // A part that another worker made before: parameters and moments down, all three up.
    const travel = (6 * bytes) / NETWORK;
    slowest = Math.max(slowest, travel + localSteps * step * Math.exp(0.03 * rng.normal()));
  }
  const averaging = ((parts + 1) * bytes) / NETWORK;
  const seconds = slowest + averaging;
  // A ring of all-reduce moves twice the gradient in each step.
  const allReduce = localSteps * (step + (2 * bytes * (parts - 1)) / parts / NETWORK);
  return {
    seconds,
    efficiency: (localSteps * step) / seconds,
    averaging: averaging / seconds,
    bytesPerStep: (6 * bytes) / localSteps,
    bytesOfAllReduce: (2 * bytes * (parts - 1)) / parts,
    efficiencyOfAllReduce: (localSteps * step) / allReduce,
  };
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const row = (cells: readonly (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

for (const job of JOBS) {
  console.log(`\n${job.name}: ${job.pictures.toLocaleString('en')} items of ${job.each} s\n`);
  row(['workers', 'hours', 'of the workers’ time used', 'database busy', 'bucket busy', 'longest wait at the end']);
  row(new Array(6).fill('---'));
  for (const workers of SIZES) {
    const { seconds, efficiency, database, bucket, tail } = simulateItems(workers, job);
    row([
      workers,
      (seconds / 3600).toPrecision(3),
      percent(efficiency),
      percent(database),
      percent(bucket),
      percent(tail),
    ]);
  }
}
for (const model of ROUNDS)
  for (const steps of LOCAL_STEPS) {
    console.log(`\nRounds of ${steps} steps, ${model.name}\n`);
    row(['parts', 'seconds a round', 'of it steps', 'of it the average', 'GB a step and part', 'GB of all-reduce']);
    row(new Array(6).fill('---'));
    for (const parts of SIZES) {
      const { seconds, efficiency, averaging, bytesPerStep, bytesOfAllReduce } = simulateRound(parts, model, steps);
      const gigabytes = (bytes: number) => (bytes / 1e9).toPrecision(2);
      row([
        parts,
        seconds.toFixed(0),
        percent(efficiency),
        percent(averaging),
        gigabytes(bytesPerStep),
        gigabytes(bytesOfAllReduce),
      ]);
    }
  }

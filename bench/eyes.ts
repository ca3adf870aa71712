// Pictures of the second world's base model for eyes: sheets with numbers and prompts, and what both judges say of each.
// With a file of answers beside them, how far the judges agree with whoever looked, and how simulated raters do with each other.
//
//   node --import tsx bench/eyes.ts draw eyes 300 world-2/sd   sheets, and the pictures in a file beside them
//   node --import tsx bench/eyes.ts judge eyes 300             judged.json
//   node --import tsx bench/eyes.ts compare eyes               answers.json against judged.json

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { agreementOf, type Opinions } from '../src/judging/evaluation/agreement.ts';
import { openPainter } from '../src/models/inference/painter.ts';
import { encodePng, enlarge } from '../src/pictures/image.ts';
import { categoryOf } from '../src/project/prompts/grammar.ts';
import { formatPrompt } from '../src/project/prompts/prompt-text.ts';
import { splitPrompts } from '../src/project/prompts/split.ts';
import { secondGrammar } from '../src/project/prompts/world-grammar.ts';
import { random } from '../src/util/random.ts';
import type { WorldAnswer } from '../src/world/world.ts';
import { openWorld } from '../src/world/worlds/worlds.ts';

const SEED = 5;
const SETTINGS = { sampler: 'dpm-solver', steps: 10, guidanceScale: 3 } as const;
const [FACTOR, COLUMNS, ROWS, CAPTION] = [3, 10, 6, 36] as const;

const world = openWorld({ world: 'embedded-2' })!;

interface Judged {
  readonly prompt: string;
  readonly category: string;
  readonly first: WorldAnswer;
  readonly second: WorldAnswer;
  readonly empty: boolean;
  /** What four simulated raters say; the second judge's eyes do not count for them. */
  readonly raters: readonly string[];
}

/** Half of them combinations; development prompts alone, since settings may be chosen by what is seen here. */
function choosePrompts(count: number) {
  const { development } = splitPrompts({ grammar: secondGrammar, seed: SEED });
  const rng = random(SEED, 'eyes');
  const take = (category: string, n: number) => {
    const all = rng.shuffle([...development![category]!]);
    return Array.from({ length: n }, (_, i) => all[i % all.length]!);
  };
  const sixth = Math.round(count / 6);
  return ['count', 'color', 'background']
    .flatMap((name) => take(name, sixth))
    .concat(take('combination', count - 3 * sixth));
}

function promptsOf(count: number) {
  const slots = random(SEED, 'eyes', 'order').shuffle(choosePrompts(count));
  return { slots, prompts: slots.map((one) => formatPrompt(one, secondGrammar)) };
}

const PICTURES = 'pictures.raw';

async function draw(dir: string, count: number, model: string): Promise<void> {
  const { prompts } = promptsOf(count);
  const painter = await openPainter(model, { batchSize: 20, threads: 1 });
  const pictures: Uint8Array[] = [];
  const requests = prompts.map((prompt, seed) => ({ prompt, seed }));
  for await (const batch of painter.draw(requests, SETTINGS)) for (const { index, rgb } of batch) pictures[index] = rgb;
  await painter.dispose();
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, PICTURES), Buffer.concat(pictures));
  const perSheet = COLUMNS * ROWS;
  for (let start = 0; start < count; start += perSheet) {
    const path = join(dir, `sheet-${1 + start / perSheet}.png`);
    await writeSheet(path, pictures.slice(start, start + perSheet), prompts, start);
  }
}

async function judge(dir: string, count: number): Promise<void> {
  const { slots, prompts } = promptsOf(count);
  const raw = readFileSync(join(dir, PICTURES));
  const values = 3 * world.size.width ** 2;
  const pictures = prompts.map((_, i) => new Uint8Array(raw.subarray(i * values, (i + 1) * values)));
  const [first, second] = [await world.openJudge({ threads: 1 }), await world.openEvaluator!({ threads: 1 })];
  const [seen, other] = [await first.judge(pictures), await second.judge(pictures)];
  await Promise.all([first.dispose(), second.dispose()]);
  const raters = world.makeRaters({
    seed: SEED,
    label: { raters: 4, errorRate: [0.02, 0.08], skipRate: [0.02, 0.08] },
  });
  const judged = slots.map((one, i): Judged => {
    const asked = world.read({ text: prompts[i]!, slots: {} })!;
    return {
      prompt: prompts[i]!,
      category: categoryOf(one, secondGrammar),
      first: world.answer(asked, seen[i]!),
      second: world.answer(asked, other[i]!),
      empty: seen[i]!.parts.count === 0,
      raters: raters.map((rater) => world.rate(rater, { id: `${i}`, asked, seen: seen[i]! }).answer),
    };
  });
  writeFileSync(join(dir, 'judged.json'), `[\n${judged.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}

async function writeSheet(path: string, pictures: readonly Uint8Array[], prompts: readonly string[], start: number) {
  const tile = world.size.width * FACTOR;
  const [width, height] = [COLUMNS * (tile + 4), Math.ceil(pictures.length / COLUMNS) * (tile + CAPTION)];
  const layers = pictures.map(async (rgb, i) => {
    const [left, top] = [(i % COLUMNS) * (tile + 4), Math.floor(i / COLUMNS) * (tile + CAPTION)];
    const words = `${start + i + 1}. ${prompts[start + i]}`.split(' ');
    const lines = [words.slice(0, 4), words.slice(4)].map(
      (line, row) => `<text y="${13 + 13 * row}">${line.join(' ')}</text>`,
    );
    const svg = `<svg width="${tile}" height="${CAPTION}" font-size="12" font-family="sans-serif">${lines.join('')}</svg>`;
    return [
      { input: await encodePng(enlarge(rgb, FACTOR)), left, top },
      { input: Buffer.from(svg), left, top: top + tile },
    ];
  });
  const sheet = sharp({ create: { width, height, channels: 3, background: '#fff' } });
  await sheet
    .composite((await Promise.all(layers)).flat())
    .png({ palette: true, compressionLevel: 9 })
    .toFile(path);
}

function compare(dir: string): void {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(dir, name), 'utf8')) as T;
  const judged = read<Judged[]>('judged.json');
  const answers = read<WorldAnswer[]>('answers.json').slice(0, judged.length);
  const tell = (what: string, pairs: readonly Opinions[]) => {
    const { images, answered, same, kappa } = agreementOf(pairs, '');
    console.log(
      `${what}: the same of ${answered} answered by both of ${images}: ${(100 * same).toFixed(1)} %, κ ${kappa?.toFixed(2)}`,
    );
  };
  const own = judged.slice(0, answers.length);
  tell(
    'eyes, first judge',
    own.map(({ first }, i) => [answers[i]!, first]),
  );
  tell(
    'eyes, second judge',
    own.map(({ second }, i) => [answers[i]!, second]),
  );
  tell(
    'both judges',
    judged.map(({ first, second }) => [first, second]),
  );
  const share = (rows: readonly Judged[], test: (row: Judged) => boolean) =>
    `${((100 * rows.filter(test).length) / rows.length).toFixed(1)} %`;
  console.log(
    `first judge commits to ${share(judged, ({ first }) => first !== 'unclear')}, second to ${share(judged, ({ second }) => second !== 'unclear')}, empty ${share(judged, ({ empty }) => empty)}`,
  );
  for (const category of new Set(judged.map((row) => row.category))) {
    const rows = judged.filter((row) => row.category === category);
    console.log(
      `${category}: good by first ${share(rows, ({ first }) => first === 'good')}, by second ${share(rows, ({ second }) => second === 'good')}, of ${rows.length}`,
    );
  }
  const toOpinion = (said: string) => (said === 'skip' ? 'unclear' : (said as WorldAnswer));
  for (let a = 0; a < 4; a++)
    for (let b = a + 1; b < 4; b++)
      tell(
        `raters ${a + 1} and ${b + 1}`,
        judged.map(({ raters }) => [toOpinion(raters[a]!), toOpinion(raters[b]!)]),
      );
  console.log(
    `skips ${share(
      judged.flatMap((row) => row.raters.map((said) => ({ ...row, raters: [said] }))),
      ({ raters }) => raters[0] === 'skip',
    )}`,
  );
}

const [command, dir, count = '300', model = 'world-2/sd'] = process.argv.slice(2);
const commands = { draw, judge, compare } as const;
await commands[command as keyof typeof commands](dir!, Number(count), model);

// The reward function on pictures that nobody here drew: one to three of some foreign drawing on a colored ground, 64×64, with
// prompts about name, number and ground, right or wrong in one part. It shows whether anything before tuning depends on the
// renderer of the embedded worlds.
//
//   node --import tsx bench/foreign.ts WORK [PICTURES-A-PROMPT] [CLIP]
//
// CLIP is a folder of a CLIP model; by default that of the first embedded world, which has never seen such a picture or read such a
// name. Drawings and names are fetched from npm into WORK; what comes is printed.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { importFile } from '../src/method/exchange/formats.ts';
import { choosePrompts } from '../src/method/feedback/prompts.ts';
import { evaluateReward } from '../src/method/reward/evaluate.ts';
import { trainReward } from '../src/method/reward/train.ts';
import { type ConfigPatch, configSchema } from '../src/project/config/config.ts';
import type { Prompt } from '../src/project/images/prompts.ts';
import { createProject, type Project } from '../src/project/project.ts';
import { editPrompts } from '../src/project/prompts/edits.ts';
import type { Slots } from '../src/project/prompts/grammar.ts';
import { type GrammarInput, readGrammar } from '../src/project/prompts/grammar-input.ts';
import { createProgress } from '../src/util/progress.ts';
import { type Random, random } from '../src/util/random.ts';
import { compose, readDrawings, type Spot } from './foreign/drawings.ts';

const SIZE = 64;
const SEED = 1;
/** Share of answers that are swapped, as with simulated raters. */
const WRONG = 0.05;
const GROUNDS = { red: '#d33', blue: '#36c', green: '#3a4', yellow: '#fd4', white: '#fff' } as const;

const [work = 'foreign', perPrompt = '8', clip] = process.argv.slice(2);

const drawings = new Map(readDrawings(resolve(work)).map((drawing) => [drawing.name, drawing]));

const grammarInput = {
  subjects: [...drawings.keys()],
  counts: ['a', 'two', 'three'],
  backgrounds: Object.fromEntries(Object.keys(GROUNDS).map((name) => [name, `on a ${name} ground`])),
  templates: {
    count: '{count} {subject}',
    combination: '{count} {subject} {background}',
  },
  // Whole drawings that nothing is learned from, as the paper holds out whole objects.
  heldOut: { subjects: Math.round(drawings.size / 6), pairings: [], singles: [], share: 0 },
} satisfies GrammarInput;

const patch: ConfigPatch = {
  seed: SEED,
  threads: 1,
  world: 'none',
  ...(clip !== undefined && { clip: resolve(clip) }),
  prompts: {
    grammar: grammarInput,
    count: 60,
    background: 60,
    combination: 120,
    perCategory: 60,
    unseenPerCategory: 40,
  },
};

/** As many spots as there are to be, that do not touch, and a little different in size. */
function chooseSpots(count: number, rng: Random): Spot[] {
  const columns = count === 1 ? 1 : 2;
  const cell = SIZE / columns;
  const cells = rng.shuffle([...Array(columns * columns).keys()]).slice(0, count);
  return cells.map((at) => {
    const side = Math.round((count === 1 ? 40 : cell - 4) * (0.8 + 0.2 * rng.uniform()));
    const free = Math.floor(cell) - side;
    const shift = () => rng.int(Math.max(1, free));
    return { left: (at % columns) * cell + shift(), top: Math.floor(at / columns) * cell + shift(), side };
  });
}

/** A picture that shows some slots; what they leave free is drawn. */
async function draw({ count, subject, background }: Slots, rng: Random): Promise<Buffer> {
  const ground = background ?? rng.pick(Object.keys(GROUNDS));
  return compose(drawings.get(subject)!, GROUNDS[ground as keyof typeof GROUNDS], chooseSpots(count, rng), SIZE);
}

/** Writes pictures of each prompt, half of them right and half wrong in one part, with one answer each. */
async function writePictures(folder: string, prompts: readonly Prompt[], each: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  const grammar = readGrammar(grammarInput);
  for (const { id, text, split, slots } of prompts)
    for (let i = 0; i < each; i++) {
      const rng = random(SEED, 'foreign', id, i);
      const right = i % 2 === 0;
      const own = slots as unknown as Slots;
      const [shown] = right ? [own] : editPrompts(own, 1, rng, { grammar });
      const name = `${id}-${i}.png`;
      writeFileSync(join(folder, name), await draw(shown!, rng));
      const swapped = split === 'seen' && rng.uniform() < WRONG;
      const part = split === 'seen' ? 'train' : 'test';
      lines.push(JSON.stringify({ file_name: name, text, split: part, answer: right !== swapped ? 'good' : 'bad' }));
    }
  writeFileSync(join(folder, 'metadata.jsonl'), `${lines.join('\n')}\n`);
}

async function measure(project: Project): Promise<void> {
  const progress = createProgress({ stream: process.stderr });
  const session = { project, world: null, progress, signal: new AbortController().signal };
  await trainReward(session);
  const { rows } = await evaluateReward(session);
  for (const { part, category, images, goodShare, reward, clip, pairwise } of rows)
    console.log(
      [
        `${part} ${category}: ${images} pictures, ${percent(goodShare)} good`,
        `accuracy ${percent(reward.accuracy)}, CLIP score ${percent(clip.accuracy)}`,
        `AUROC ${reward.auroc?.toFixed(3) ?? '–'}, ${clip.auroc?.toFixed(3) ?? '–'}`,
        pairwise
          ? `within a prompt ${percent(pairwise.reward.accuracy.estimate)}, ${percent(pairwise.clip.accuracy.estimate)}`
          : '',
      ].join('; '),
    );
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

console.log(`${drawings.size} drawings: ${[...drawings.keys()].slice(0, 12).join(', ')}, …`);
const prompts = choosePrompts(configSchema.parse(patch));
const pictures = join(work, 'pictures');
if (!existsSync(join(pictures, 'metadata.jsonl'))) await writePictures(pictures, prompts, Number(perPrompt));
const dir = join(work, 'project');
rmSync(dir, { recursive: true, force: true });
const project = await createProject(dir, patch);
try {
  const { images, prompts: stored } = await importFile(project, { format: 'imagefolder', path: pictures });
  console.log(`${images} pictures of ${stored} prompts`);
  await measure(project);
} finally {
  await project.close();
}

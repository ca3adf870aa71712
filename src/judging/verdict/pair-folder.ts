// A folder of pictures in pairs, with what is claimed of them, as a study: whoever has people needs no model, no drawing and no
// network. The package ships one such folder (docs/human-study).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeOutside } from '../../pictures/outside.ts';
import { reencodePicture } from '../../pictures/reencode.ts';
import { imageId, insertImages, type NewImage } from '../../project/images/images.ts';
import { findModel, putModel } from '../../project/images/models.ts';
import { insertPrompts, listPromptSplits, listPrompts, type Prompt, promptId } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import { createStudy, type Study } from '../../project/studies/studies.ts';
import { readArtefact } from '../../util/artefact.ts';
import { CollimateError } from '../../util/errors.ts';
import type { World } from '../../world/world.ts';
import { requireAllKnown } from '../evaluation/known-prompts.ts';
import { requireWorldSize } from '../evaluation/measure.ts';
import { makeAnalysisPlan } from './plan.ts';

export const PAIRS_FILE = 'pairs.json';

const contestant = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['base', 'tuned']),
  /** SHA-256 of the model's weights. */
  modelHash: z.string().regex(/^[0-9a-f]{64}$/),
});

const fileName = z.string().regex(/^[\w-]+\.png$/, 'expected the name of a PNG file in the folder');

/** What `pairs.json` holds. */
export const pairFolderSchema = z.strictObject({
  version: z.literal(1),
  /** What the pictures are, for people. */
  about: z.string(),
  /** What is claimed before anybody has answered. */
  hypothesis: z.string(),
  /** Wins are those of the first. */
  contestants: z.tuple([contestant, contestant]),
  sampler: z.string(),
  steps: z.int(),
  guidanceScale: z.number(),
  seed: z.int(),
  pairs: z
    .array(
      z.strictObject({
        prompt: z.string().min(1),
        category: z.string().min(1),
        split: z.enum(['seen', 'unseen']),
        /** Of both pictures. */
        seed: z.int(),
        /** The files of the first contestant and of the second. */
        files: z.tuple([fileName, fileName]),
      }),
    )
    .min(1),
});

export type PairFolder = z.infer<typeof pairFolderSchema>;

export interface PairStudyOptions {
  readonly name: string;
  readonly ratersPerPair: number;
  /** Whose simulated raters are to answer: prompts that it does not know are refused before anything is stored. */
  readonly simulatedBy?: World | undefined;
}

/**
 * Stores the pictures of a folder and makes a study of them, registered with the folder's hypothesis; the same folder again is
 * the study that is there.
 *
 * @throws CollimateError STORAGE for a folder that is not such, USAGE for a prompt that the project learns from, or that no simulated
 * rater knows, MISMATCH for a picture of a size that none sees.
 */
export async function makePairStudy(project: Project, dir: string, options: PairStudyOptions): Promise<Study> {
  const folder = readPairFolder(dir);
  const { name, ratersPerPair, simulatedBy } = options;
  const { db, config } = project;
  const { contestants, hypothesis, about, seed, sampler, steps, guidanceScale, pairs } = folder;
  await checkSplits(project, folder);
  if (simulatedBy) await checkKnown(simulatedBy, project, folder, dir);
  const hashes = new Map<string, string>();
  for (const file of pairs.flatMap(({ files }) => files))
    hashes.set(file, await storePicture(project, join(dir, file)));
  for (const { modelHash: hash, kind } of contestants)
    if (!(await findModel(db, hash)))
      await putModel(db, { hash, kind: kind === 'base' ? 'base' : 'checkpoint', path: dir });
  await insertPrompts(
    db,
    pairs.map(({ prompt: text, category, split }) => ({ text, category, split, slots: {} })),
  );
  const toImage = (pair: PairFolder['pairs'][number], place: 0 | 1): NewImage => ({
    promptId: promptId(pair.prompt),
    seed: pair.seed,
    sampler,
    steps,
    guidanceScale,
    modelHash: contestants[place].modelHash,
    purpose: 'evaluation',
    hash: hashes.get(pair.files[place])!,
  });
  await insertImages(
    db,
    pairs.flatMap((pair) => [toImage(pair, 0), toImage(pair, 1)]),
  );
  const [a, b] = contestants;
  return createStudy(db, {
    name,
    contestants: contestants.map((one) => ({ ...one })),
    ratersPerPair,
    seed,
    config: {
      plan: {
        ...makeAnalysisPlan({ a: a.name, b: b.name }, ratersPerPair, config.evaluate.bootstrapSamples, seed),
        hypothesis,
      },
      about,
      comparisons: [{ a: a.name, b: b.name }],
      prompts: pairs.map(({ prompt: text, category, split }) => ({ text, category, split })),
    },
    pairs: pairs.map((pair) => ({
      promptId: promptId(pair.prompt),
      contestantA: a.name,
      contestantB: b.name,
      imageA: imageId(toImage(pair, 0)),
      imageB: imageId(toImage(pair, 1)),
    })),
  });
}

/** Written anew: whatever the file holds beside its pixels stays outside. */
async function storePicture({ images }: Project, path: string): Promise<string> {
  const { png } = await reencodePicture(readFileSync(path));
  return images.putBlob(png);
}

/** @throws CollimateError STORAGE where there is no such file, or it is not of this form. */
export function readPairFolder(dir: string): PairFolder {
  try {
    return readArtefact(join(dir, PAIRS_FILE), pairFolderSchema, { version: 1, again: 'fetch the folder again' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CollimateError(
      'USAGE',
      `evaluate human: ${dir} has no ${PAIRS_FILE}`,
      'Name a folder of pairs, such as docs/human-study/pairs of the package.',
    );
  }
}

/** A prompt of another split is one that this project learns from, or tests by: its verdict would be told of the wrong one. */
async function checkSplits({ db }: Project, { pairs }: PairFolder): Promise<void> {
  const known = await listPromptSplits(
    db,
    pairs.map(({ prompt }) => promptId(prompt)),
  );
  const other = pairs.find(({ prompt, split }) => (known.get(promptId(prompt)) ?? split) !== split);
  if (!other) return;
  throw new CollimateError(
    'USAGE',
    `evaluate human: “${other.prompt}” is ${other.split} in the folder and ${known.get(promptId(other.prompt))} in this project`,
    'Make a project of its own for the study: `collimate init evening --grammar none --world none`.',
  );
}

/** What simulated raters cannot answer. Prompts that are there already are read by what they ask for there. */
async function checkKnown(world: World, { db }: Project, { pairs }: PairFolder, dir: string): Promise<void> {
  const stored = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  const prompts = pairs.map(({ prompt: text, category, split }): Prompt => {
    const id = promptId(text);
    return stored.get(id) ?? { id, text, category, split, slots: {} };
  });
  requireAllKnown(world, [...new Map(prompts.map((prompt) => [prompt.id, prompt])).values()]);
  for (const file of pairs.flatMap(({ files }) => files))
    requireWorldSize(await decodeOutside(readFileSync(join(dir, file))), world, `${file} has`);
}

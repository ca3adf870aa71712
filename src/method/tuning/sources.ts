// Which pictures a run may learn from: those that the model drew itself, or those of others too.

import type { Database } from '../../project/database/database.ts';
import type { ImageTable, PromptSplit } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { listModels } from '../../project/images/models.ts';
import { OUTSIDE } from '../feedback/own-images.ts';
import type { TuneSettings } from './mixture.ts';

/** Who drew a picture: the model that is tuned, nobody of this project, or another of its models, such as that of an earlier round. */
export type Origin = 'own' | 'imported' | 'other';

export type Candidate = ImageTable & { readonly origin: Origin };

const WANTED: Readonly<Record<TuneSettings['images'], readonly Origin[]>> = {
  own: ['own'],
  labelled: ['own'],
  imported: ['imported'],
  all: ['own', 'imported', 'other'],
};

/** The images for feedback on seen prompts that these settings ask for, in a fixed order. */
export async function listCandidates(
  db: Database,
  modelHash: string,
  which: TuneSettings['images'],
): Promise<Candidate[]> {
  return listOfSplit(db, modelHash, which, 'seen');
}

/** Says how many pictures that the model did not draw are passed over, since nothing is learned from their prompts. */
export async function describeKept(
  db: Database,
  modelHash: string,
  which: TuneSettings['images'],
): Promise<string | undefined> {
  if (isOwnChoice(which)) return undefined;
  const counts: string[] = [];
  for (const split of ['development', 'unseen'] as const) {
    const kept = (await listOfSplit(db, modelHash, which, split)).filter(({ origin }) => origin !== 'own');
    if (kept.length > 0) counts.push(`${kept.length} of ${split} prompts`);
  }
  return counts.length === 0
    ? undefined
    : `Pictures left out: ${counts.join(', ')}, which are kept from what is learned (collimate prompts list says which).`;
}

async function listOfSplit(
  db: Database,
  modelHash: string,
  which: TuneSettings['images'],
  split: PromptSplit,
): Promise<Candidate[]> {
  const wanted = WANTED[which];
  const filter = { purpose: 'feedback', split } as const;
  const images = await listImages(db, isOwnChoice(which) ? { ...filter, modelHash } : filter);
  const outside = new Set((await listModels(db)).filter(({ path }) => path === OUTSIDE.path).map(({ hash }) => hash));
  const originOf = ({ modelHash: hash }: ImageTable): Origin =>
    hash === modelHash ? 'own' : outside.has(hash) ? 'imported' : 'other';
  return images.map((image) => ({ ...image, origin: originOf(image) })).filter(({ origin }) => wanted.includes(origin));
}

/** Whether only pictures are asked for that the model drew. */
export function isOwnChoice(images: TuneSettings['images']): boolean {
  return WANTED[images].join() === 'own';
}

/** How many pictures of each origin a run learns from. */
export type OriginCounts = Readonly<Record<Origin, number>>;

export function countOrigins(images: readonly { readonly origin: Origin }[]): OriginCounts {
  const count = (wanted: Origin) => images.filter(({ origin }) => origin === wanted).length;
  return { own: count('own'), imported: count('imported'), other: count('other') };
}

const WORDS: Readonly<Record<Origin, string>> = {
  own: 'that the model drew',
  imported: 'that were imported',
  other: 'that other models of the project drew',
};

export function isOwnAlone({ imported, other }: OriginCounts): boolean {
  return imported + other === 0;
}

/** Such as `40 that the model drew, 31 that were imported`. */
export function describeOrigins(counts: OriginCounts): string {
  const parts = (Object.keys(WORDS) as Origin[]).filter((origin) => counts[origin] > 0);
  return parts.map((origin) => `${counts[origin]} ${WORDS[origin]}`).join(', ');
}

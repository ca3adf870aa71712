// What a model card tells beyond the settings: the base model's licence, the prompts, who answered and how, what the reward
// function reached, and pictures before and after.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { parse } from 'yaml';
import { readJsonObject } from '../../models/config.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { parseHubRepo } from '../../models/hub/repo.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import { listRaters } from '../../project/rating/raters.ts';
import { countAnswers } from '../../project/rating/ratings.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type RewardRow, readRewardReport } from '../reward/report.ts';

export interface CardFacts {
  /** diffusers' class that draws with it. */
  readonly className: string;
  /** Front matter of the base model's card that says under which terms it may be used. */
  readonly licence: Readonly<Record<string, unknown>>;
  /** The base model's name on the hub, where it has one. */
  readonly baseRepo: string | undefined;
  /** Seen prompts by category, with one of them. */
  readonly prompts: readonly { readonly category: string; readonly count: number; readonly example: string }[];
  readonly raters: { readonly human: number; readonly simulated: number };
  readonly answers: { readonly good: number; readonly bad: number; readonly skip: number };
  /** Of all categories together, by part; none where no reward function was used. */
  readonly reward: readonly RewardRow[];
  /** The prompts of the rows of samples.png, from the top. */
  readonly samples: readonly string[];
}

export const SAMPLES_FILE = 'samples.png';

export interface FactsSource {
  readonly project: Project;
  readonly pipeline: DiffusionModel;
  readonly baseModel: string;
  readonly rewardHash: string | null;
}

/** Everything but the pictures. */
export async function collectCardFacts({ project, ...source }: FactsSource): Promise<CardFacts> {
  const { db } = project;
  const raters = (await listRaters(db)).filter(({ excluded }) => !excluded);
  const countOf = (wanted: string) => raters.filter(({ kind }) => kind === wanted).length;
  const report = source.rewardHash === null ? undefined : await readRewardReport(project, source.rewardHash);
  return {
    className: source.pipeline.family.className,
    licence: readLicence(source.pipeline),
    baseRepo: nameOfHub(source.baseModel) ?? readBaseRepo(source.pipeline),
    prompts: groupPrompts(await listPrompts(db, { split: 'seen' })),
    raters: { human: countOf('human'), simulated: countOf('simulated') },
    answers: await countAnswers(db, 'feedback'),
    reward: (report?.rows ?? []).filter(({ category }) => category === 'all'),
    samples: [],
  };
}

function groupPrompts(prompts: readonly Prompt[]): CardFacts['prompts'] {
  const categories = [...new Set(prompts.map(({ category }) => category))].sort();
  return categories.map((category) => {
    const own = prompts.filter((prompt) => prompt.category === category);
    return { category, count: own.length, example: own[0]!.text };
  });
}

const nameOfHub = (text: unknown): string | undefined =>
  typeof text === 'string' && text.includes('/') ? parseHubRepo(text)?.name : undefined;

/** A folder of one's own is often a copy from the hub, which diffusers and cards remember. */
function readBaseRepo({ folder, layout }: DiffusionModel): string | undefined {
  const index = join(folder, 'model_index.json');
  if (layout === 'original' || !existsSync(index)) return undefined;
  return nameOfHub(readJsonObject(index)._name_or_path) ?? nameOfHub(readFront(folder).base_model);
}

/** A folder's card starts with YAML, of which `license` and its companions are kept. */
function readLicence({ folder, layout }: DiffusionModel): Record<string, unknown> {
  const fields = layout === 'original' ? {} : readFront(folder);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => /^(license|extra_gated)/.test(name)));
}

function readFront(folder: string): Record<string, unknown> {
  const path = join(folder, 'README.md');
  if (!existsSync(path)) return {};
  const [, front = ''] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(readFileSync(path, 'utf8')) ?? [];
  try {
    const fields: unknown = parse(front);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    return {}; // A card without proper front matter says nothing.
  }
}

const TILE = 192;
const GAP = 4;
const BACKGROUND = '#fafafa';
const MOST_ROWS = 8;

/** The first image of each prompt, where a held-out reward has more of them drawn. */
export function firstOfPrompts<T extends { readonly promptId: string }>(images: readonly T[]): T[] {
  return [...new Map([...images].reverse().map((image) => [image.promptId, image])).values()].reverse();
}

/**
 * Writes samples.png into `folder`, a row for each prompt, base and tuned model side by side, and returns the prompts.
 * None where no samples of both were drawn.
 */
export async function writeSampleGrid(
  project: Project,
  folder: string,
  hashes: { readonly base: string; readonly tuned: string },
): Promise<string[]> {
  const [base, tuned] = await Promise.all(
    [hashes.base, hashes.tuned].map((modelHash) => listImages(project.db, { purpose: 'sample', modelHash })),
  );
  const texts = new Map((await listPrompts(project.db)).map(({ id, text }) => [id, text]));
  const rows = firstOfPrompts(tuned!)
    .flatMap((after) => {
      const before = base!.find(({ promptId, seed }) => promptId === after.promptId && seed === after.seed);
      return before ? [{ text: texts.get(after.promptId)!, hashes: [before.hash, after.hash] }] : [];
    })
    .slice(0, MOST_ROWS);
  if (rows.length === 0) return [];
  const tiles = await Promise.all(
    rows.flatMap(({ hashes: pair }, row) =>
      pair.map(async (hash, column) => ({
        input: await sharp(await project.images.getBlob(hash))
          .resize(TILE, TILE, { kernel: 'nearest', fit: 'contain', background: BACKGROUND })
          .png()
          .toBuffer(),
        left: GAP + column * (TILE + GAP),
        top: GAP + row * (TILE + GAP),
      })),
    ),
  );
  const size = { width: GAP + 2 * (TILE + GAP), height: GAP + rows.length * (TILE + GAP) };
  const canvas = sharp({ create: { ...size, channels: 3, background: BACKGROUND } });
  writeFileAtomic(join(folder, SAMPLES_FILE), await canvas.composite(tiles).png({ compressionLevel: 9 }).toBuffer());
  return rows.map(({ text }) => text);
}

// The .json beside a scorer's ONNX file: how pictures become `pixels` and texts `ids`.

import { dirname } from 'node:path';
import { z } from 'zod';
import { clipPreprocessing, type Preprocessing } from '../../../models/clip/preprocessing.ts';
import type { FilterName } from '../../../models/clip/resample.ts';
import { readJsonObject } from '../../../models/config.ts';
import { loadSiglipTokenizer } from '../../../models/tokenizer/siglip.ts';
import { createTokenizer, type PromptTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { CollimateError } from '../../../util/errors.ts';
import { describeIssues } from '../../../util/issue-words.ts';

const size = z.int().positive().max(16384);
const three = z.array(z.number()).length(3);
const filters = ['bicubic', 'bilinear', 'lanczos', 'box', 'hamming'] as const satisfies readonly FilterName[];
const pixelsSchema = z.looseObject({
  side: size,
  mean: three,
  deviation: three,
  resize: z.union([size, z.object({ width: size, height: size })]).optional(),
  filter: z.enum(filters).optional(),
  divisor: z.number().positive().optional(),
});
const id = z.int().nonnegative();
const length = z.int().min(3).max(65536);
const bytePairs = z.looseObject({
  ...{ length, start: id, end: id, pad: id },
  vocab: z.record(z.string(), id),
  merges: z.array(z.string()),
  added: z.array(z.object({ content: z.string(), id, normalized: z.boolean() })).default([]),
});
const inFile = z.looseObject({ length, tokenizer: z.literal('tokenizer.json') });
const schema = z.looseObject({
  batch: z.int().positive().default(1),
  pixels: pixelsSchema,
  ids: z.union([bytePairs, inFile]),
});

export interface ScorerDescription {
  readonly batch: number;
  readonly preprocessing: Preprocessing;
  readonly tokenizer: PromptTokenizer;
}

/** @throws CollimateError MODEL_CONFIG where the file is missing or says something else. */
export function readDescription(file: string): ScorerDescription {
  const result = schema.safeParse(readJsonObject(file));
  if (!result.success) {
    throw new CollimateError(
      'MODEL_CONFIG',
      `${file}: not what \`reward export\` writes there (${describeIssues(result.error.issues, 1)})`,
      'Write both files with `collimate reward export --out scorer.onnx`, or fill in the same fields: docs/full-size.md names them.',
    );
  }
  const { batch, pixels, ids } = result.data;
  const { side, resize, filter, divisor, mean, deviation } = pixels;
  const usual = clipPreprocessing(side);
  const preprocessing = {
    ...usual,
    ...{ mean, deviation },
    ...(resize !== undefined && { resize }),
    ...(filter !== undefined && { filter }),
    ...(divisor !== undefined && { divisor }),
  };
  return { batch, preprocessing, tokenizer: isInFile(ids) ? fromFile(file, ids) : fromPairs(file, ids) };
}

type Ids = z.output<typeof bytePairs> | z.output<typeof inFile>;

function isInFile(ids: Ids): ids is z.output<typeof inFile> {
  return 'tokenizer' in ids;
}

function fromFile(file: string, { length: most }: z.output<typeof inFile>): PromptTokenizer {
  return loadSiglipTokenizer(dirname(file), { length: most, rows: Number.POSITIVE_INFINITY }).tokenizer;
}

function fromPairs(file: string, ids: z.output<typeof bytePairs>): PromptTokenizer {
  const { vocab, merges, added, length: maxLength } = ids;
  const names = new Map(Object.entries(vocab).map(([name, number]) => [number, name]));
  for (const { id: number, content } of added) names.set(number, content);
  const nameOf = (key: 'start' | 'end' | 'pad') => {
    const name = names.get(ids[key]);
    if (name !== undefined) return name;
    throw new CollimateError('MODEL_CONFIG', `${file}: ids.${key}: expected an id of the vocabulary, got ${ids[key]}`);
  };
  const [bos, eos, pad] = [nameOf('start'), nameOf('end'), nameOf('pad')];
  const pairs = merges.map((line) => line.split(' ') as [string, string]);
  const special = { bos, eos, pad, unk: eos };
  return createTokenizer({ vocab, merges: pairs, special, added, maxLength, lowerCase: true });
}

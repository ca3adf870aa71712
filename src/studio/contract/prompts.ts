// Prompts: the grammar's settings with a preview, the stored prompts, and import from files.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { cursor, id, promptSplit, record, removal, rows } from './shared.ts';

const amount = z.int().min(0).max(10_000);
const promptSettings = z.strictObject({
  count: amount,
  color: amount,
  background: amount,
  combination: amount,
  unseenPerCategory: amount,
  perCategory: amount.optional(),
  developmentPerCategory: amount.optional(),
  grammar: z
    .union([z.string().max(20), record])
    .optional()
    .describe(
      'A name such as `embedded`, or words by slot as under `prompts.grammar` of collimate.yaml; left out it stays',
    ),
});

/** Numbers of prompts by category. */
const counts = z.record(z.string(), z.int());
const words = z.array(z.string());

const prompt = z.object({
  id: z.string(),
  text: z.string(),
  category: z.string(),
  split: promptSplit,
  slots: z.record(z.string(), z.unknown()),
  images: z.int(),
});

const share = z.number().min(0).max(1);

const tag = 'Prompts';
export const promptOperations = {
  listPrompts: {
    access: 'viewer',
    tag,
    summary: 'List prompts',
    query: z.object({
      cursor: cursor.optional(),
      limit: rows(500, 100),
      category: z.string().max(100).optional(),
      split: promptSplit.optional(),
      search: z.string().max(200).optional(),
    }),
    response: z.object({ prompts: z.array(prompt), next: z.string().nullable(), total: z.int() }),
  },
  getPromptSettings: {
    access: 'viewer',
    tag,
    summary: 'Read how many prompts the grammar is to make, and its vocabulary',
    response: z.object({
      settings: promptSettings.required(),
      vocabulary: z.object({
        counts: z.array(z.int()),
        colors: words,
        subjects: words,
        backgrounds: words,
        slots: z.record(z.string(), words).describe('Slots beside these, such as material'),
      }),
      names: words.describe('Grammars that have a name'),
      written: record.describe('The grammar as words by slot, also where the setting is a name'),
      categories: words,
      possible: z.object({ seen: counts, unseen: counts }),
    }),
  },
  previewPrompts: {
    access: 'viewer',
    tag,
    summary: 'Count what settings would make, with examples; stores nothing',
    body: promptSettings,
    response: z.object({
      groups: z.array(
        z.object({ category: z.string(), split: promptSplit, count: z.int(), examples: z.array(z.string()) }),
      ),
      total: z.int(),
      possible: z.object({ seen: counts, unseen: counts }),
      fresh: z.int().describe('Prompts that are not stored yet'),
      images: z.int().describe('Images that `generate` would draw for the seen ones'),
    }),
  },
  putPromptSettings: {
    access: 'admin',
    tag,
    summary: 'Write the settings into the project’s configuration and store the prompts',
    body: promptSettings,
    response: z.object({ added: z.int(), total: z.int() }),
  },
  importPrompts: {
    access: 'admin',
    tag,
    summary: 'Import prompts from text (one a line), CSV (a column text or prompt) or JSONL',
    body: z
      .strictObject({
        format: z.enum(['text', 'csv', 'jsonl']),
        content: z.string().min(1).max(5_000_000),
        split: promptSplit.default('seen').describe('Of prompts whose file does not say it'),
        unseenShare: share.optional().describe('Kept for evaluation instead, drawn by the seed'),
        developmentShare: share.optional().describe('Never learned from, used to choose settings, drawn by the seed'),
        dryRun: z.boolean().default(false),
      })
      .refine(({ unseenShare = 0, developmentShare = 0 }) => unseenShare + developmentShare <= 1, 'shares above 1'),
    response: z.object({
      added: z.int(),
      known: z.int(),
      problems: z.array(z.object({ line: z.int(), message: z.string() })).describe('The first lines that are left out'),
      problemCount: z.int(),
      passedOver: z.array(z.string()).describe('Columns that are not read'),
      repeats: z.int().describe('Lines that have the prompt of another line; the last of them counts'),
      readAs: z.record(z.string(), z.int()).describe('What could have been read otherwise, and how often'),
      withEdits: z.int().describe('Prompts that came with edits'),
      examples: z.array(z.object({ text: z.string(), category: z.string(), split: promptSplit })),
    }),
  },
  removePrompt: {
    access: 'admin',
    tag,
    summary: 'Remove a prompt with its images; with what rests on them only where that is asked for',
    params: z.object({ id }),
    ...removal,
  },
} as const satisfies Record<string, Operation>;

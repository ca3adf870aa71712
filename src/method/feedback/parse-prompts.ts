// Prompts from a file: text with one a line, CSV with a column `text` or `prompt`, or JSON lines; columns `category`, `split`
// and `edits` are read where they are. What cannot be read is reported by its line; the rest goes on.

import type { PromptSplit } from '../../project/database/schema.ts';
import { type Prompt, promptId } from '../../project/images/prompts.ts';
import type { Grammar } from '../../project/prompts/grammar.ts';
import { withPlainNames } from '../../util/column-names.ts';
import { readCsvTable } from '../../util/csv-table.ts';
import { CollimateError } from '../../util/errors.ts';
import { findTextFault, NETWORKS_TAKEN_OUT, tidyText, withoutNetworks } from '../../util/outside-text.ts';
import { CATEGORY_BY_WORDS, describePrompt, isOverruled } from './own-images.ts';
import { readEdits } from './read-edits.ts';

const MOST_CHARACTERS = 1000;
const MOST_OF_CATEGORY = 100;
/** Lines that are told of, beside how many there are. */
const MOST_PROBLEMS = 50;

interface Problem {
  line: number;
  message: string;
}

/** A prompt, and whether its file says where it belongs. */
export interface ImportedPrompt extends Prompt {
  readonly splitGiven: boolean;
}

export interface ImportedPrompts {
  prompts: ImportedPrompt[];
  /** The first of them. */
  problems: Problem[];
  problemCount: number;
  /** Columns or keys that hold something and are not read. */
  passedOver: string[];
  /** Lines whose prompt another line of the file has as well; what the last of them says counts. */
  repeats: number;
  /** What could have been read otherwise, and how often. */
  readAs: Record<string, number>;
}

export type PromptFormat = 'text' | 'csv' | 'jsonl';

interface Found {
  line: number;
  text: string;
  category?: string | undefined;
  split?: string | undefined;
  edits?: unknown;
}

/** What came of a file before it was looked at. */
interface Reading {
  readonly found: readonly Found[];
  readonly passedOver: Iterable<string>;
  /** Lines of remarks. */
  readonly remarks?: number;
}

/** @throws CollimateError USAGE where there is no column of prompts, or a quote swallows lines of the CSV. */
export function parsePrompts(
  format: PromptFormat,
  content: string,
  split: PromptSplit,
  grammar: Grammar,
): ImportedPrompts {
  const problems: Problem[] = [];
  const prompts = new Map<string, ImportedPrompt>();
  let repeats = 0;
  const { found, passedOver, remarks = 0 } = READERS[format](content.replace(/^\uFEFF/, ''), problems);
  const readAs = new Map<string, number>();
  const note = (words: string, count = 1) => readAs.set(words, (readAs.get(words) ?? 0) + count);
  if (remarks > 0) note('line that starts with #: a remark, passed over', remarks);
  for (const { line, text: raw, category: rawCategory, split: ownSplit, edits: column } of found) {
    const category = rawCategory === undefined ? undefined : tidyText(rawCategory).replace(/\s+/g, ' ');
    const written = tidyText(raw).replace(/\s+/g, ' ');
    const text = withoutNetworks(written);
    const fault = findTextFault(text) ?? (category === undefined ? undefined : findTextFault(category));
    if (written === '') {
      // Text may have blank lines for the eye.
      if (format !== 'text') note('row without a prompt, passed over');
      continue;
    }
    if ([raw, rawCategory].some((cell) => LINE_END.test(tidyText(cell ?? '')))) note(SEVERAL_LINES);
    if (text !== written) note(NETWORKS_TAKEN_OUT);
    const given = readSplit(ownSplit);
    const read = readEdits(column, text);
    if (fault !== undefined) problems.push({ line, message: fault });
    else if (text === '') problems.push({ line, message: 'nothing but names of networks' });
    else if (text.length > MOST_CHARACTERS)
      problems.push({ line, message: `longer than ${MOST_CHARACTERS} characters` });
    else if ((category?.length ?? 0) > MOST_OF_CATEGORY)
      problems.push({ line, message: `category: longer than ${MOST_OF_CATEGORY} characters` });
    else if (given === null)
      problems.push({ line, message: `split: expected ${SPLITS.join(', ')}, got "${ownSplit}"` });
    else if ('problem' in read) problems.push({ line, message: read.problem });
    else {
      if (prompts.has(promptId(text))) repeats++;
      const described = describePrompt(text, grammar, category);
      if (isOverruled(described, category)) note(CATEGORY_BY_WORDS);
      prompts.set(promptId(text), {
        id: promptId(text),
        text,
        split: given ?? split,
        splitGiven: given !== undefined,
        ...described,
        ...(read.edits.length > 0 && { edits: read.edits }),
      });
    }
  }
  if (prompts.size === 0 && problems.length === 0)
    throw new CollimateError('USAGE', 'there is no prompt in it', 'Give it one prompt a line, or a column of prompts.');
  problems.sort((a, b) => a.line - b.line);
  return {
    prompts: [...prompts.values()],
    problems: problems.slice(0, MOST_PROBLEMS),
    problemCount: problems.length,
    passedOver: [...passedOver],
    repeats,
    readAs: Object.fromEntries(readAs),
  };
}

const SPLITS: readonly PromptSplit[] = ['seen', 'development', 'unseen'];

/** Undefined where the file does not say, null for a word that is none of the three. */
function readSplit(text: string | undefined): PromptSplit | undefined | null {
  const name = text?.trim().toLowerCase() ?? '';
  return name === '' ? undefined : (SPLITS.find((split) => split === name) ?? null);
}

const TEXTS = ['prompt', 'text', 'caption'];
const BESIDE = ['category', 'split', 'edits'];
const READ = [...TEXTS, ...BESIDE];
const LINE_END = /\r\n|\r|\n/;

/** A quote that was opened by mistake and happens to be closed makes one cell of several rows. */
const SEVERAL_LINES = 'prompt or category of several lines, which are one';

type Read = (content: string, problems: Problem[]) => Reading;

const READERS: Readonly<Record<PromptFormat, Read>> = {
  text(content) {
    const lines = content.split(LINE_END).map((text, i) => ({ line: i + 1, text }));
    const found = lines.filter(({ text }) => !/^\s*#/.test(text));
    refuseOtherFormat(found.find(({ text }) => text.trim() !== '')?.text ?? '');
    return { found, passedOver: [], remarks: lines.length - found.length };
  },
  csv(content, problems) {
    const { columns, rows } = readCsvTable(content, READ);
    const column = TEXTS.find((name) => columns.includes(name));
    if (column === undefined)
      throw new CollimateError(
        'USAGE',
        `the CSV has the columns ${columns.slice(0, 8).join(', ')}; none is called prompt, text or caption`,
        'Name the column of the prompts `prompt` in the first line.',
      );
    const found = rows.flatMap((row) => {
      if ('values' in row) {
        const { [column]: text, category, split, edits } = row.values;
        return [{ line: row.line, text: text!, category, split, edits }];
      }
      problems.push({ line: row.line, message: row.problem });
      return [];
    });
    return { found, passedOver: columns.filter((name) => name !== column && !BESIDE.includes(name)) };
  },
  jsonl(content, problems) {
    const passedOver = new Set<string>();
    const take = (value: unknown, line: number, where = ''): Found[] => {
      const own = fromJson(value);
      for (const name of own?.others ?? []) passedOver.add(name);
      if (own) return [{ line, ...own }];
      const message = `${where}no JSON object with "text", "prompt" or "caption", and no JSON text`;
      problems.push({ line, message });
      return [];
    };
    const list = content.trimStart().startsWith('[') ? readJson(content) : undefined;
    const found = Array.isArray(list)
      ? list.flatMap((value, i) => take(value, 1, `element ${i + 1} of the list: `))
      : content.split(LINE_END).flatMap((line, i) => (line.trim() === '' ? [] : take(readJson(line), i + 1)));
    return { found, passedOver };
  },
};

/** A text whose first line is JSON, or names columns of ours: its lines would be drawn as they stand. */
function refuseOtherFormat(first: string): void {
  const value = readJson(first);
  const isJson = first.trimStart().startsWith('[{') || (typeof value === 'object' && value !== null);
  const names = first.toLowerCase().split(/[,;\t]/);
  const isHeader = names.length > 1 && names.every((name) => READ.includes(name.trim().replaceAll('"', '')));
  if (!isJson && !isHeader) return;
  throw new CollimateError(
    'USAGE',
    `line 1: ${isJson ? 'JSON' : 'names of columns'}, where a text has a prompt in each line`,
    `Give --format ${isJson ? 'jsonl' : 'csv'}, or call the file so.`,
  );
}

/** Undefined for what is no JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromJson(value: unknown): (Omit<Found, 'line'> & { others?: string[] }) | undefined {
  if (typeof value === 'string') return { text: value };
  if (typeof value !== 'object' || value === null) return undefined;
  const row = withPlainNames(value as Record<string, unknown>);
  const key = ['text', 'prompt', 'caption'].find((name) => typeof row[name] === 'string');
  if (key === undefined) return undefined;
  const { category, split, edits } = row;
  // A category of another kind, such as a number of COCO's, is none of ours.
  const isRead = (name: string) =>
    BESIDE.includes(name) && (name !== 'category' || typeof category === 'string' || category === null);
  const others = Object.keys(row).filter((name) => name !== key && !isRead(name));
  const textOf = (field: unknown) => (field === undefined || field === null ? undefined : String(field));
  return {
    text: row[key] as string,
    ...(typeof category === 'string' && { category }),
    split: textOf(split),
    edits,
    others,
  };
}

// Prompts from a file: text with one a line, CSV with a column `text` or `prompt`, or JSON lines. What cannot be read is
// reported by its line; the rest goes on.

import type { PromptSplit } from '../../project/database/schema.ts';
import { type Prompt, promptId } from '../../project/images/prompts.ts';
import { parseCsv } from '../../util/csv.ts';
import { CollimateError } from '../../util/errors.ts';
import { describePrompt } from './own-images.ts';

const MOST_CHARACTERS = 1000;
const MOST_PROBLEMS = 50;

export interface ImportedPrompts {
  prompts: Prompt[];
  problems: { line: number; message: string }[];
}

export type PromptFormat = 'text' | 'csv' | 'jsonl';

interface Found {
  line: number;
  text: string;
  category?: string | undefined;
}

export function parsePrompts(format: PromptFormat, content: string, split: PromptSplit): ImportedPrompts {
  const problems: ImportedPrompts['problems'] = [];
  const prompts = new Map<string, Prompt>();
  for (const found of READERS[format](content, problems)) {
    const text = found.text.trim().replace(/\s+/g, ' ');
    if (text === '') continue;
    if (text.length > MOST_CHARACTERS)
      problems.push({ line: found.line, message: `longer than ${MOST_CHARACTERS} characters` });
    else prompts.set(promptId(text), { id: promptId(text), text, split, ...describePrompt(text, found.category) });
  }
  return { prompts: [...prompts.values()], problems: problems.slice(0, MOST_PROBLEMS) };
}

type Read = (content: string, problems: ImportedPrompts['problems']) => Found[];

const READERS: Readonly<Record<PromptFormat, Read>> = {
  text: (content) => content.split(/\r?\n/).map((text, i) => ({ line: i + 1, text })),
  csv(content, problems) {
    const [header = [], ...rows] = parseCsv(content);
    const names = header.map((name) => name.trim().toLowerCase());
    const column = ['prompt', 'text', 'caption'].map((name) => names.indexOf(name)).find((place) => place >= 0);
    if (column === undefined)
      throw new CollimateError(
        'USAGE',
        `the CSV has the columns ${header.slice(0, 8).join(', ')}; none is called prompt or text`,
        'Name the column of the prompts `prompt` in the first line.',
      );
    const category = names.indexOf('category');
    return rows.flatMap((row, i) => {
      const text = row[column];
      if (text !== undefined) return [{ line: i + 2, text, category: row[category] }];
      problems.push({ line: i + 2, message: `has ${row.length} of ${header.length} columns` });
      return [];
    });
  },
  jsonl: (content, problems) =>
    content.split(/\r?\n/).flatMap((line, i) => {
      if (line.trim() === '') return [];
      const found = readJson(line);
      if (found) return [{ line: i + 1, ...found }];
      problems.push({ line: i + 1, message: 'no JSON object with "text" or "prompt", and no JSON text' });
      return [];
    }),
};

function readJson(line: string): { text: string; category?: string } | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'string') return { text: value };
    const { prompt, text = prompt, category } = value as Record<string, unknown>;
    if (typeof text !== 'string') return undefined;
    return { text, ...(typeof category === 'string' && { category }) };
  } catch {
    return undefined;
  }
}

// The column `edits` of a file: texts that each change what a prompt asks for, as a JSON list or with | between them.

import { findTextFault, tidyText } from '../../util/outside-text.ts';

const MOST_EDITS = 100;
const MOST_CHARACTERS = 1000;

/** The texts, or in words what is wrong with the column; none for an empty one. */
export function readEdits(value: unknown, prompt: string): { edits: string[] } | { problem: string } {
  const texts = splitColumn(value);
  if (texts === undefined) return { problem: 'edits: expected a JSON list of texts, or texts with | between them' };
  const tidy = texts.map((text) => tidyText(text).replace(/\s+/g, ' ')).filter((text) => text !== '');
  const edits = [...new Set(tidy)];
  const fault = edits.map(findTextFault).find((found) => found !== undefined);
  if (fault !== undefined) return { problem: `edits: one of them ${fault}` };
  if (edits.length > MOST_EDITS) return { problem: `edits: ${edits.length} of them, expected at most ${MOST_EDITS}` };
  if (edits.some(({ length }) => length > MOST_CHARACTERS))
    return { problem: `edits: one of them is longer than ${MOST_CHARACTERS} characters` };
  if (edits.includes(prompt)) return { problem: 'edits: one of them is the prompt itself, which changes nothing' };
  return { edits };
}

function splitColumn(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.every((text) => typeof text === 'string') ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (!value.trim().startsWith('[')) return value.split('|');
  try {
    return splitColumn(JSON.parse(value));
  } catch {
    return undefined;
  }
}

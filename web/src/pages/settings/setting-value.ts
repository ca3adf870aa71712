// Values of the configuration as text to edit, and back.

import type { Output } from '../../../../src/studio/contract/client.ts';

export type Setting = Output<'getSettings'>['settings'][number];
type Value = Setting['value'];
export type Changes = Readonly<Record<string, Value>>;

/** A value as text: a pair as `0.05, 0.2`, nothing as an empty text. */
export function showSetting(value: Value): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

/** What somebody typed, as a value of the setting's kind; an empty text takes the key out of the file. */
export function parseSetting({ kind }: Pick<Setting, 'kind'>, text: string): Value {
  if (text.trim() === '') return null;
  if (kind === 'boolean') return text === 'true';
  if (kind === 'number') return Number(text);
  if (kind === 'text') return text;
  const [low, high] = text.split(',').map(Number);
  return [low ?? Number.NaN, high ?? Number.NaN];
}

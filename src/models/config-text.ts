// Configs as text. Python tells 1.0 from 1, and transformers refuses a whole number where it expects a float, so a config
// that is not changed is written as it was read.

import { isDeepStrictEqual } from 'node:util';
import { parsePythonJson, stringifyPythonJson } from '../util/python-json.ts';

const texts = new WeakMap<object, string>();

/** Keeps the text that a config was read from. */
export function rememberText(config: object, text: string): void {
  texts.set(config, text.replace(/^\uFEFF/, ''));
}

/** The text that a config was read from, or, where it is another one, JSON of it; ends in a newline. */
export function configText(config: object): string {
  const text = texts.get(config);
  if (text !== undefined && isDeepStrictEqual(parsePythonJson(text), config)) return `${text.trimEnd()}\n`;
  return `${markFloats(stringifyPythonJson(config, 2))}\n`;
}

/** Fields of CLIP's configs that transformers takes as floats alone. */
const FLOAT_FIELDS = /"(initializer_factor|initializer_range|layer_norm_eps)": (-?\d+)(?=,?\n)/g;

function markFloats(json: string): string {
  return json.replace(FLOAT_FIELDS, '"$1": $2.0');
}

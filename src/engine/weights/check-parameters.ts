// Whether weights are those of a config, told from their headers before anything is read.

import { CollimateError } from '../../util/errors.ts';
import type { TensorSource } from './tensor.ts';

/** Keys that a message names; the rest are counted. */
const NAMED = 3;

/** Text towers are saved with what only a whole CLIP uses. */
const UNUSED = /^(text_projection\.weight|logit_scale)$/;

/** The tensors of a source that its config has no place for, and that are let be all the same. */
export function listUnused(
  source: Pick<TensorSource, 'names'>,
  expected: readonly { readonly name: string }[],
): string[] {
  const wanted = new Set(expected.map(({ name }) => name));
  return source.names().filter((name) => !wanted.has(name) && UNUSED.test(name));
}

/**
 * Compares names and shapes with what the config implies.
 *
 * @param who stands in the message, such as `model/unet`.
 * @throws CollimateError WEIGHTS naming the first keys that are missing, too many, or of another shape.
 */
export function checkParameters(
  who: string,
  source: Pick<TensorSource, 'names' | 'has' | 'shape'>,
  expected: readonly { readonly name: string; readonly shape: readonly number[] }[],
): void {
  const wanted = new Set(expected.map(({ name }) => name));
  const missing = expected.filter(({ name }) => !source.has(name)).map(({ name, shape }) => show(name, shape));
  const unknown = source.names().filter((name) => !wanted.has(name) && !UNUSED.test(name));
  const other = expected
    .filter(({ name, shape }) => source.has(name) && show('', shape) !== show('', source.shape(name)))
    .map(({ name, shape }) => `${show(name, shape)} is ${show('', source.shape(name)).trim()}`);
  const problems = [describe('missing', missing), describe('not known', unknown), describe('of another shape', other)];
  const found = problems.filter((text) => text !== '');
  if (found.length === 0) return;
  throw new CollimateError(
    'WEIGHTS',
    `${who}: expected the ${expected.length} parameters of its config.json; ${found.join('; ')}`,
    'The config.json and the weights do not belong together; use those of one checkpoint.',
  );
}

function describe(kind: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
  return `${kind}: ${names.slice(0, NAMED).join(', ')}${more}`;
}

function show(name: string, shape: readonly number[]): string {
  return `${name} [${shape.join(', ')}]`;
}

// Texts of requests that no database could keep as they are. One that cut them, changed them or failed would each do so in its
// own way, so they are refused before any sees them.

import { CollimateError } from '../../util/errors.ts';
import { findTextFault } from '../../util/outside-text.ts';

/** Never stored as texts: hashed, or read line by line with the place of what is wrong. */
const EXEMPT: readonly string[] = ['password', 'current', 'content'];

/** @throws CollimateError USAGE for a text with NUL, another control character or half a surrogate pair, with its place. */
export function refuseUnstorable(value: unknown, path = ''): void {
  if (typeof value === 'string') {
    const fault = findTextFault(value);
    if (fault === undefined) return;
    throw new CollimateError('USAGE', `${path || 'the request'}: the text ${fault}`, 'Take it out and send it again.');
  }
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
  for (const [key, own] of Object.entries(value))
    if (!EXEMPT.includes(key)) refuseUnstorable(own, path === '' ? key : `${path}.${key}`);
}

/**
 * Errors made for people, random numbers by seed and path, and progress.
 *
 * @example
 * import { random } from 'collimate/util';
 * console.log(random(7, 'noise', 812).int(100) === random(7, 'noise', 812).int(100)); // true
 */

// Errors and random numbers.
export { CollimateError, type ErrorCode } from './util/errors.ts';
export { type Random, random } from './util/random.ts';
export { createProgress, type Progress, type ProgressOptions, type ProgressFigures } from './util/progress.ts';

// Types that these signatures name.
export type { Patience } from './util/patience.ts';

/**
 * Pictures as bytes: PNG and its texts, contact sheets.
 *
 * @example
 * import { decodePng, encodePng } from 'collimate/pictures';
 * const png = await encodePng(Uint8Array.of(255, 0, 0, 0, 0, 255), 2, 1);
 * console.log([...(await decodePng(png)).rgb]); // [ 255, 0, 0, 0, 0, 255 ]
 */

export { addPngText, readPngText } from './pictures/png-text.ts';
export { contactSheet, decodePng, encodePng, enlarge, type Picture } from './pictures/image.ts';
export { type DrawParameters, formatParameters, parseParameters } from './pictures/parameters.ts';

// Types that these signatures name.
export type { FitCount, PictureSides } from './pictures/fit.ts';

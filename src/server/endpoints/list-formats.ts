import { FORMATS, type Format } from '../../exchange/formats.ts';
import type { Handler } from '../endpoint.ts';

/** Formats that fit one file; folders are for the command line. */
export const listFormats: Handler<'listFormats'> = async () => ({
  formats: Object.entries<Format>(FORMATS)
    .filter(([, { extension }]) => extension !== undefined)
    .map(([name, { description }]) => ({ name, description, exports: true, imports: true })),
});

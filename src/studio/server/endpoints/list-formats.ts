import { FORMATS } from '../../../method/exchange/formats.ts';
import type { Handler } from '../endpoint.ts';

export const listFormats: Handler<'listFormats'> = async () => ({
  formats: Object.entries(FORMATS).map(([name, { description }]) => ({ name, description })),
});

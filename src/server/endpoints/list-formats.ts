import type { Handler } from '../endpoint.ts';

export const listFormats: Handler<'listFormats'> = async () => ({ formats: [] });

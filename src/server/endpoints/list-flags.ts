import type { Handler } from '../endpoint.ts';

export const listFlags: Handler<'listFlags'> = async () => ({ flags: [] });

import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const resolveFlag: Handler<'resolveFlag'> = async ({ params: { id } }) => {
  throw notFound(`flag ${id}`);
};

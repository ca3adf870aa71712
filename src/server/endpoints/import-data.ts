import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const importData: Handler<'importData'> = async ({ params: { format } }) => {
  throw notFound(`format ${format}`);
};

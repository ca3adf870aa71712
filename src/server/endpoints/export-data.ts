import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const exportData: Handler<'exportData'> = async ({ params: { format } }) => {
  throw notFound(`format ${format}`);
};

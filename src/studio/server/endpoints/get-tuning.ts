import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const getTuning: Handler<'getTuning'> = async ({ studio, query: { run } }) => {
  const result = await studio.reader.read('tuning', run);
  if (run !== undefined && result.tuning === null) throw notFound(`tuning run ${run} with a checkpoint`);
  return result;
};

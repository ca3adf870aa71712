import type { Handler } from '../endpoint.ts';

export const submitAnswers: Handler<'submitAnswers'> = async ({ studio, caller, body }) => ({
  results: await studio.desk.answer(caller.id, body.answers),
  progress: await studio.desk.progress(caller.id),
});

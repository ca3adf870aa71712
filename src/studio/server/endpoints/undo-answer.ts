import type { Handler } from '../endpoint.ts';

export const undoAnswer: Handler<'undoAnswer'> = async ({ studio, caller, body }) => ({
  ...(await studio.desk.undo(caller.id, body.clientId)),
  progress: await studio.desk.progress(caller.id),
});

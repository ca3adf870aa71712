import type { Handler } from '../endpoint.ts';

export const getRatingProgress: Handler<'getRatingProgress'> = ({ studio, caller }) => studio.desk.progress(caller.id);

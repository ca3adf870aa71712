import type { Handler } from '../endpoint.ts';

export const getEvaluation: Handler<'getEvaluation'> = ({ studio }) => studio.reader.read('evaluation', null);

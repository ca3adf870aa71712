import type { Handler } from '../endpoint.ts';

export const planRating: Handler<'planRating'> = ({ studio, body }) => studio.reader.read('plan', body);

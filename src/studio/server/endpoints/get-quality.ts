import type { Handler } from '../endpoint.ts';

export const getQuality: Handler<'getQuality'> = ({ studio }) => studio.reader.read('quality', null);

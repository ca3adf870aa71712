import type { Handler } from '../endpoint.ts';

export const getImageFilters: Handler<'getImageFilters'> = ({ studio }) => studio.reader.read('filters', null);

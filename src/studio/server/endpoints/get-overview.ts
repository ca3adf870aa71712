import type { Handler } from '../endpoint.ts';

export const getOverview: Handler<'getOverview'> = ({ studio }) => studio.reader.read('overview', null);

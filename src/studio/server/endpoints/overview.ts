// Where the project stands.

import type { Endpoints, Handler } from '../endpoint.ts';

const getOverview: Handler<'getOverview'> = ({ studio }) => studio.reader.read('overview', null);

export const overviewEndpoints = {
  getOverview,
} satisfies Partial<Endpoints>;

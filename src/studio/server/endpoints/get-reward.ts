import type { Handler } from '../endpoint.ts';

export const getReward: Handler<'getReward'> = ({ studio }) => studio.reader.read('reward', null);

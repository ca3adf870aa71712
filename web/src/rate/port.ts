// How a rating session speaks to the server.
import { request } from '../api/client.ts';
import type { RateItem } from './item.ts';
import type { RatingPort } from './session.ts';

export function createPort(): RatingPort {
  let order = 0;
  return {
    async lease(kind) {
      const { items } = await request<{ items: Omit<RateItem, 'order'>[] }>('POST', '/api/rate/lease', {
        body: { kind },
      });
      return items.map((item) => ({ ...item, order: order++ }));
    },
    answer: ({ key }, answer, id, milliseconds) => ({
      id,
      method: 'POST',
      path: '/api/rate/answers',
      body: { id, leaseId: key, answer, milliseconds },
    }),
    undo: ({ id }) => ({ id: `undo-${id}`, method: 'DELETE', path: `/api/rate/answers/${id}`, body: undefined }),
    flag: ({ key }, reason, note) => ({
      id: crypto.randomUUID(),
      method: 'POST',
      path: '/api/rate/flags',
      body: { leaseId: key, reason, note },
    }),
  };
}

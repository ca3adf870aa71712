// What raters are given and what they answer.

import type { Output } from '../../contract/client.ts';
import type { RatingItem } from '../../contract/rating.ts';
import type { Database } from '../../store/database.ts';
import { findLatestGuideline } from '../../store/guidelines.ts';
import { deleteRating, insertRatings } from '../../store/ratings.ts';
import type { Answer } from '../../store/schema.ts';
import { CollimateError } from '../../util/errors.ts';

const LEASE_MS = 10 * 60_000;
const UNDO = 20;

export interface SubmittedAnswer {
  clientId: string;
  leaseId: string;
  answer: Answer;
  milliseconds: number;
}

type Progress = Output<'getRatingProgress'>;
type Result = Output<'submitAnswers'>['results'][number];

export interface RatingDesk {
  next(raterId: string, wish: { count: number; mode: 'single' | 'sheet'; held: string[] }): Promise<RatingItem[]>;
  answer(raterId: string, answers: readonly SubmittedAnswer[]): Promise<Result[]>;
  undo(raterId: string, clientId?: string): Promise<{ undone: string | null; item: RatingItem | null }>;
  release(raterId: string, leases: readonly string[]): Promise<void>;
  progress(raterId: string): Promise<Progress>;
}

interface Lease {
  item: RatingItem;
  raterId: string;
}

export function createRatingDesk(db: Database): RatingDesk {
  const leases = new Map<string, Lease>();
  const done = new Map<string, { raterId: string; item: RatingItem }>();

  const leased = (imageId: string) =>
    [...leases.values()].some(({ item }) => item.imageId === imageId && Date.parse(item.expiresAt) > Date.now());
  const lease = (raterId: string, image: Pick<RatingItem, 'imageId' | 'hash' | 'prompt' | 'promptId'>): RatingItem => {
    const item = {
      ...image,
      leaseId: `${image.imageId}.${raterId}`,
      expiresAt: new Date(Date.now() + LEASE_MS).toISOString(),
    };
    leases.set(item.leaseId, { item, raterId });
    return item;
  };

  return {
    async next(raterId, { count, mode, held }) {
      const rows = await db
        .selectFrom('images')
        .innerJoin('prompts', 'prompts.id', 'images.promptId')
        .where('purpose', '=', 'feedback')
        .where((e) =>
          e.not(e.exists(e.selectFrom('ratings').select('imageId').whereRef('ratings.imageId', '=', 'images.id'))),
        )
        .select(['images.id as imageId', 'images.hash', 'prompts.text as prompt', 'prompts.id as promptId'])
        .orderBy(mode === 'sheet' ? 'images.promptId' : 'images.id')
        .limit(count + leases.size)
        .execute();
      const own = [...leases.values()].filter(
        (known) => known.raterId === raterId && !held.includes(known.item.leaseId),
      );
      const free = rows.filter(({ imageId }) => !leased(imageId));
      const first = free[0]?.promptId;
      const fit = mode === 'sheet' ? free.filter(({ promptId }) => promptId === first) : free;
      return [...own.map(({ item }) => item), ...fit.map((row) => lease(raterId, row))].slice(0, count);
    },
    async answer(raterId, answers) {
      const guidelineVersion = (await findLatestGuideline(db))?.version ?? 1;
      const results: Result[] = [];
      for (const { clientId, leaseId, answer, milliseconds } of answers) {
        const known = leases.get(leaseId);
        if (done.has(`${raterId} ${clientId}`)) results.push({ clientId, status: 'duplicate', error: null });
        else if (known?.raterId !== raterId) {
          const { code, message, hint } = new CollimateError('EXPIRED', 'this item is not yours', 'Take the next one.');
          results.push({ clientId, status: 'rejected', error: { code, message, hint } });
        } else {
          const { imageId } = known.item;
          const ratedAt = new Date().toISOString();
          await insertRatings(db, [{ imageId, raterId, answer, ratedAt, milliseconds, guidelineVersion }]);
          leases.delete(leaseId);
          done.set(`${raterId} ${clientId}`, { raterId, item: known.item });
          results.push({ clientId, status: 'stored', error: null });
        }
      }
      return results;
    },
    async undo(raterId, clientId) {
      const own = [...done.entries()].filter(([, known]) => known.raterId === raterId).slice(-UNDO);
      const found = clientId ? own.find(([key]) => key === `${raterId} ${clientId}`) : own.at(-1);
      if (!found) return { undone: null, item: null };
      const [key, { item }] = found;
      await deleteRating(db, item.imageId, raterId);
      done.delete(key);
      return { undone: key.slice(raterId.length + 1), item: lease(raterId, item) };
    },
    async release(raterId, ids) {
      for (const id of ids) if (leases.get(id)?.raterId === raterId) leases.delete(id);
    },
    async progress(raterId) {
      const count = async (own: boolean) => {
        let query = db.selectFrom('ratings').select((e) => e.fn.countAll<number | string>().as('n'));
        if (own) query = query.where('raterId', '=', raterId);
        return Number((await query.executeTakeFirstOrThrow()).n);
      };
      const images = await db
        .selectFrom('images')
        .where('purpose', '=', 'feedback')
        .select((e) => e.fn.countAll<number | string>().as('n'))
        .executeTakeFirstOrThrow();
      const answered = await count(true);
      return {
        own: { answered, today: answered },
        team: { images: Number(images.n), answers: await count(false), wanted: Number(images.n) },
      };
    },
  };
}

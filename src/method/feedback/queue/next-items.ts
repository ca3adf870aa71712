// The next images for a rater, leased to them for a while.

import type { Database } from '../../../project/database/database.ts';
import { inTransaction } from '../../../project/database/database.ts';
import type { ImagePurpose } from '../../../project/database/schema.ts';
import type { LeaseReason, QueueTable } from '../../../project/database/schema-queue.ts';
import {
  expireLeases,
  extendLeases,
  insertLeases,
  type LeasedImage,
  listLeasedImages,
  listOpenLeases,
} from '../../../project/rating/leases.ts';
import {
  countLeases,
  findGoldCandidates,
  findRepeatCandidates,
  takeCandidates,
} from '../../../project/rating/queue-candidates.ts';
import { random } from '../../../util/random.ts';
import { openQueue, PURPOSE, type QueueContext, takeRater } from './open-queue.ts';
import { planReasons, REPEAT_AFTER, REPEAT_WINDOW } from './reasons.ts';

export interface NextItems {
  raterId: string;
  /** How many images are wanted at most. */
  count: number;
  /** `sheet` gives images of one prompt, gold and repeats of it among them. Default `single`. */
  mode?: 'single' | 'sheet';
  /** Leases that the rater's browser still has: they are prolonged, and not given again. */
  held?: readonly string[];
  /** Default `feedback`. */
  purpose?: ImagePurpose;
}

/** `reason` and `raterId` are not for the rater's eyes: gold and repeats look like any other image. */
export type RatingItem = LeasedImage;

/** The most images that one rater can have open: more would keep them from others. */
const MOST_OPEN = 100;

/**
 * Leases the next images to a rater. First come those that are leased already and not in `held`. An image goes to
 * `studio.ratersPerImage` raters and never twice to one, but as a deliberate repeat. Empty where none is left.
 *
 * @throws CollimateError USAGE for a rater that is not stored.
 */
export function nextItems({ db, config }: QueueContext, request: NextItems): Promise<RatingItem[]> {
  const { raterId, count, mode = 'single', held = [], purpose = PURPOSE } = request;
  return inTransaction(db, async (tx) => {
    const queue = await openQueue(tx, config, purpose);
    await takeRater(tx, raterId);
    const time = new Date();
    await expireLeases(tx, queue, time.toISOString());
    const expiresAt = new Date(time.getTime() + 60_000 * config.studio.leaseMinutes).toISOString();
    const open = await listOpenLeases(tx, raterId, purpose);
    const lost = open.filter(({ id }) => !held.includes(id));
    const waiting = (mode === 'sheet' ? lost.filter(({ promptId }) => promptId === lost[0]?.promptId) : lost).slice(
      0,
      count,
    );
    const kept = open.filter((lease) => held.includes(lease.id) || waiting.includes(lease));
    await extendLeases(
      tx,
      kept.map(({ id }) => id),
      expiresAt,
    );
    const wanted = Math.min(count - waiting.length, MOST_OPEN - open.length);
    const images =
      mode === 'sheet'
        ? await chooseSheet(tx, queue, config, raterId, wanted, waiting[0]?.promptId)
        : await chooseMixed(tx, queue, config, raterId, wanted);
    const leased = await insertLeases(tx, queue, raterId, images, expiresAt);
    return [...waiting.map((lease) => ({ ...lease, expiresAt })), ...(await listLeasedImages(tx, leased))];
  });
}

interface Choice {
  imageId: string;
  reason: LeaseReason;
}

async function chooseSheet(
  db: Database,
  queue: QueueTable,
  config: QueueContext['config'],
  raterId: string,
  count: number,
  promptId?: string,
): Promise<Choice[]> {
  const first = promptId ?? (await takeCandidates(db, queue, raterId, Math.min(1, count)))[0]?.promptId;
  return first === undefined ? [] : chooseMixed(db, queue, config, raterId, count, first);
}

/**
 * Where no gold image or repeat is to be had, a new one takes the place, and the other way round. `promptId` keeps to the
 * images of one prompt.
 */
async function chooseMixed(
  db: Database,
  queue: QueueTable,
  { seed, studio }: QueueContext['config'],
  raterId: string,
  count: number,
  promptId?: string,
): Promise<Choice[]> {
  if (count <= 0) return [];
  const of = promptId === undefined ? {} : { promptId };
  const position = await countLeases(db, queue.purpose, raterId);
  const reasons = planReasons(seed, raterId, position, count, studio);
  const asked = (reason: LeaseReason) => reasons.filter((each) => each === reason).length;
  const rng = random(seed, 'queue-choice', raterId, position);
  const start = rng
    .int(2 ** 32)
    .toString(16)
    .padStart(8, '0');
  const gold = asked('gold') > 0 ? await findGoldCandidates(db, raterId, asked('gold'), { from: start, ...of }) : [];
  const window = { from: REPEAT_AFTER, to: REPEAT_AFTER + REPEAT_WINDOW, ...of };
  const earlier = asked('repeat') > 0 ? await findRepeatCandidates(db, queue, raterId, window) : [];
  const repeats = rng.shuffle(earlier).slice(0, asked('repeat'));
  const fresh = await takeCandidates(db, queue, raterId, count - gold.length - repeats.length, of);
  const images = fresh.map(({ imageId }) => imageId);
  // In an order of the rater's own: what tires or teaches a rater does not fall on the same images for all.
  const pools: Record<LeaseReason, string[]> = {
    gold,
    repeat: repeats,
    new: queue.priority === 'random' ? rng.shuffle(images) : images,
  };
  return reasons.flatMap((wanted) => {
    const reason = pools[wanted].length > 0 ? wanted : pools.new.length > 0 ? 'new' : undefined;
    return reason === undefined ? [] : [{ imageId: pools[reason].shift()!, reason }];
  });
}

import assert from 'node:assert/strict';
import { fillStore, testDatabases } from '../../testing.ts';
import type { Database } from '../database.ts';
import { utcTimes } from './0010-utc-times.ts';

testDatabases('times that imports kept as they stood come to UTC; those of our own stay', async (_t, db) => {
  const images = await fillStore(db, 4);
  const times = ['2026-03-01T01:00:00+05:30', '2026-03-01T01:00:00Z', '2026-03-01T01:00:00.123Z', 'never'];
  const rows = images.map((imageId, i) => ({
    imageId,
    raterId: 'ann',
    answer: 'good' as const,
    ratedAt: times[i]!,
    milliseconds: 1,
    guidelineVersion: 1,
  }));
  await db.insertInto('ratings').values(rows).execute();
  await utcTimes.up(db as Database & Parameters<typeof utcTimes.up>[0]);
  const stored = new Map(
    (await db.selectFrom('ratings').select(['imageId', 'ratedAt']).execute()).map((row) => [row.imageId, row.ratedAt]),
  );
  assert.deepEqual(
    images.map((id) => stored.get(id)),
    ['2026-02-28T19:30:00.000Z', '2026-03-01T01:00:00.000Z', '2026-03-01T01:00:00.123Z', 'never'],
  );
});

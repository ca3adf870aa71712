// Links for people of a crowd platform, and who came by them. Only the hash of a link's token is stored.

import { randomBytes } from 'node:crypto';
import { sha256 } from '../../util/hash.ts';
import { type Database, now } from '../database/database.ts';
import type { CrowdLinkTable, CrowdParticipantTable } from '../database/schema-studio.ts';

export type CrowdLink = Omit<CrowdLinkTable, 'tokenHash'>;
export type NewCrowdLink = Omit<CrowdLink, 'id' | 'createdAt' | 'closedAt'>;
export type CrowdParticipant = CrowdParticipantTable;

/** Stores a link and returns it with its token, which nothing can show again. */
export async function createCrowdLink(db: Database, link: NewCrowdLink): Promise<{ link: CrowdLink; token: string }> {
  const token = randomBytes(24).toString('base64url');
  const stored: CrowdLink = { id: randomBytes(8).toString('hex'), ...link, createdAt: now(), closedAt: null };
  await db
    .insertInto('crowdLinks')
    .values({ ...stored, tokenHash: sha256(token) })
    .execute();
  return { link: stored, token };
}

export async function findCrowdLink(db: Database, token: string): Promise<CrowdLink | undefined> {
  const found = await db.selectFrom('crowdLinks').selectAll().where('tokenHash', '=', sha256(token)).executeTakeFirst();
  if (!found) return undefined;
  const { tokenHash: _, ...link } = found;
  return link;
}

/** Ends a link for those who have not come yet; returns whether it was open. */
export async function closeCrowdLink(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('crowdLinks')
    .set({ closedAt: now() })
    .where('id', '=', id)
    .where('closedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** All links, the latest first, with how many came by each and how many are done. */
export async function listCrowdLinks(db: Database): Promise<(CrowdLink & { came: number; finished: number })[]> {
  const links = await db.selectFrom('crowdLinks').selectAll().orderBy('createdAt', 'desc').orderBy('id').execute();
  const people = await db.selectFrom('crowdParticipants').select(['linkId', 'finishedAt']).execute();
  return links.map(({ tokenHash: _, ...link }) => {
    const own = people.filter(({ linkId }) => linkId === link.id);
    return { ...link, came: own.length, finished: own.filter(({ finishedAt }) => finishedAt !== null).length };
  });
}

export function findParticipant(
  db: Database,
  linkId: string,
  participant: string,
): Promise<CrowdParticipant | undefined> {
  return db
    .selectFrom('crowdParticipants')
    .selectAll()
    .where('linkId', '=', linkId)
    .where('participant', '=', participant)
    .executeTakeFirst();
}

export async function countParticipants(db: Database, linkId: string): Promise<number> {
  const row = await db
    .selectFrom('crowdParticipants')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('linkId', '=', linkId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function insertParticipant(
  db: Database,
  participant: Omit<CrowdParticipant, 'consentedAt' | 'finishedAt'>,
): Promise<void> {
  await db
    .insertInto('crowdParticipants')
    .values({ ...participant, consentedAt: now(), finishedAt: null })
    .execute();
}

/** What a rater who came by a link has agreed to; undefined for any other rater. */
export function findCrowdTask(
  db: Database,
  raterId: string,
): Promise<(Pick<CrowdLink, 'answersEach' | 'code' | 'returnUrl'> & { finishedAt: string | null }) | undefined> {
  return db
    .selectFrom('crowdParticipants')
    .innerJoin('crowdLinks', 'crowdLinks.id', 'crowdParticipants.linkId')
    .select(['answersEach', 'code', 'returnUrl', 'finishedAt'])
    .where('raterId', '=', raterId)
    .executeTakeFirst();
}

export async function finishParticipant(db: Database, raterId: string): Promise<void> {
  await db
    .updateTable('crowdParticipants')
    .set({ finishedAt: now() })
    .where('raterId', '=', raterId)
    .where('finishedAt', 'is', null)
    .execute();
}

/** One who came, with the time that their answers took: what is paid for. */
export interface ParticipantWork extends CrowdParticipant {
  readonly platform: string;
  readonly link: string;
  readonly answers: number;
  readonly hours: number;
  readonly firstAnswer: string | null;
  readonly lastAnswer: string | null;
  readonly excluded: boolean;
}

/** Everybody who came by a link, by link and time, with answers about pictures and choices of the best of a sheet. Answers that were taken back took time too, but do not count. */
export async function listParticipantWork(db: Database): Promise<ParticipantWork[]> {
  const rows = await db
    .selectFrom('crowdParticipants')
    .innerJoin('crowdLinks', 'crowdLinks.id', 'crowdParticipants.linkId')
    .innerJoin('raters', 'raters.id', 'crowdParticipants.raterId')
    .leftJoin(
      (e) =>
        e
          .selectFrom(
            e
              .selectFrom('ratings')
              .select(['raterId', 'milliseconds', 'ratedAt'])
              .unionAll(e.selectFrom('sheetChoices').select(['raterId', 'milliseconds', 'chosenAt as ratedAt']))
              .as('work'),
          )
          .select((r) => [
            'raterId as by',
            r.fn.countAll<number | string>().as('answers'),
            r.fn.sum<number | string>('milliseconds').as('milliseconds'),
            r.fn.min('ratedAt').as('firstAnswer'),
            r.fn.max('ratedAt').as('lastAnswer'),
          ])
          .groupBy('raterId')
          .as('given'),
      (join) => join.onRef('given.by', '=', 'crowdParticipants.raterId'),
    )
    .selectAll('crowdParticipants')
    .select(['platform', 'crowdLinks.name as link', 'excluded', 'answers', 'milliseconds', 'firstAnswer', 'lastAnswer'])
    .orderBy('crowdLinks.createdAt')
    .orderBy('consentedAt')
    .execute();
  return rows.map(({ answers, milliseconds, excluded, ...row }) => ({
    ...row,
    answers: Number(answers ?? 0),
    hours: Number(milliseconds ?? 0) / 3_600_000,
    excluded: excluded === 1,
  }));
}

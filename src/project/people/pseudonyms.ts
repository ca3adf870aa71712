// What raters are called outside the project: in exports, votes and the report. Names stay inside.

import { randomBytes } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import type { Database } from '../database/database.ts';
import { listRaters } from '../rating/raters.ts';
import { readOrMakeState } from './studio-state.ts';

export interface Pseudonym {
  readonly name: string;
  readonly excluded: boolean;
}

/** The pseudonym of each rater: a hash with a secret of the project, so that nobody else can tell who it is. */
export async function readPseudonyms(db: Database): Promise<Map<string, Pseudonym>> {
  const raters = await listRaters(db);
  const secret = await readSecret(db, raters);
  return new Map(
    raters.map(({ id, excluded }) => [id, { name: `rater-${sha256(`${secret} ${id}`).slice(0, 16)}`, excluded }]),
  );
}

/** A database that may only be read, and never had one, gives one of its raters: the same as long as they are the same. */
async function readSecret(db: Database, raters: readonly object[]): Promise<string> {
  try {
    return await readOrMakeState(db, 'pseudonym secret', () => randomBytes(32).toString('hex'));
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'STORAGE') return sha256(JSON.stringify(raters));
    throw error;
  }
}

/**
 * What pages that leave the project call the rater of an identifier: people by their pseudonym, simulated raters by their
 * name.
 */
export async function readPublicNames(db: Database): Promise<(id: string) => string> {
  const pseudonyms = await readPseudonyms(db);
  const names = new Map(
    (await listRaters(db)).map(({ id, name, kind }) => [id, kind === 'human' ? pseudonyms.get(id)!.name : name]),
  );
  return (id) => names.get(id) ?? 'a rater who was removed';
}

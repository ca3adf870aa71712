import type { Database } from '../../../project/database/database.ts';
import { findStudy, type Study } from '../../../project/studies/studies.ts';
import { notFound } from '../failure.ts';

/** @throws CollimateError NOT_FOUND */
export async function requireStudyById(db: Database, id: string): Promise<Study> {
  const study = await findStudy(db, id);
  if (!study) throw notFound(`study ${id}`);
  return study;
}

// The database of the project's folder; a server looks after its own.

import { EMBEDDED } from '../../project/config/database-url.ts';
import { findDamage } from '../../project/database/integrity.ts';
import { DATABASE_FILE, type Project } from '../../project/project.ts';
import type { Piece } from './check-piece.ts';

export async function listDatabasePieces({ db, config }: Project): Promise<Piece[]> {
  const look = async () => {
    const damage = await findDamage(db);
    if (damage.length === 0) return undefined;
    return { state: 'changed' as const, text: damage.join('; '), remedy: 'Restore it from a copy.' };
  };
  return config.database === EMBEDDED ? [{ path: DATABASE_FILE, look }] : [];
}

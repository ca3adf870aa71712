import { changeConfigFile } from '../../../project/config/config-write.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Handler } from '../endpoint.ts';

export const patchSettings: Handler<'patchSettings'> = async ({ studio, caller, body: { changes } }) => {
  // A server that runs would go on with the database it has open, and the next one start on another without its answers.
  if ('database' in changes)
    throw new CollimateError(
      'USAGE',
      'the database cannot be changed while the studio runs on it',
      'Stop the studio and run: collimate move-database TARGET',
    );
  changeConfigFile(studio.project.dir, changes);
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'settings.change',
    target: 'collimate.yaml',
    detail: changes,
  });
  return { ok: true };
};

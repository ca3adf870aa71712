import { recordAudit } from '../../store/audit.ts';
import { changeConfigFile } from '../../store/config-write.ts';
import type { Handler } from '../endpoint.ts';

export const patchSettings: Handler<'patchSettings'> = async ({ studio, caller, body: { changes } }) => {
  changeConfigFile(studio.project.dir, changes);
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'settings.change',
    target: 'collimate.yaml',
    detail: changes,
  });
  return { ok: true };
};

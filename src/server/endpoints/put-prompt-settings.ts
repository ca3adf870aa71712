import { choosePrompts } from '../../feedback/prompts.ts';
import { recordAudit } from '../../store/audit.ts';
import { changeConfigFile } from '../../store/config-write.ts';
import { insertPrompts, listPrompts } from '../../store/prompts.ts';
import type { Handler } from '../endpoint.ts';

export const putPromptSettings: Handler<'putPromptSettings'> = async ({ studio, caller, body }) => {
  const { db, dir } = studio.project;
  const changes = Object.fromEntries(Object.entries(body).map(([name, value]) => [`prompts.${name}`, value]));
  changeConfigFile(dir, changes);
  const { seed } = studio.readProjectConfig().config;
  const added = await insertPrompts(db, choosePrompts({ seed, prompts: body }));
  await recordAudit(db, { actor: caller, action: 'prompts.settings', target: 'collimate.yaml', detail: body });
  return { added, total: (await listPrompts(db)).length };
};

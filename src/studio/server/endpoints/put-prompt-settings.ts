import { choosePrompts } from '../../../method/feedback/prompts.ts';
import { changeConfigFile } from '../../../project/config/config-write.ts';
import { insertPrompts, listPrompts } from '../../../project/images/prompts.ts';
import { recordAudit } from '../../../project/people/audit.ts';
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

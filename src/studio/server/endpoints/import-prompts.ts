import { parsePrompts } from '../../../method/feedback/parse-prompts.ts';
import { listPrompts, importPrompts as storePrompts } from '../../../project/images/prompts.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';

const EXAMPLES = 10;

export const importPrompts: Handler<'importPrompts'> = async ({ studio, caller, body }) => {
  const { db } = studio.project;
  const { format, content, split, dryRun } = body;
  const { prompts, problems } = parsePrompts(format, content, split);
  const stored = new Set((await listPrompts(db)).map(({ id }) => id));
  const fresh = prompts.filter(({ id }) => !stored.has(id));
  if (!dryRun && fresh.length > 0) {
    await storePrompts(db, fresh);
    const detail = { added: fresh.length, split };
    await recordAudit(db, { actor: caller, action: 'prompts.import', target: format, detail });
  }
  return {
    added: fresh.length,
    known: prompts.length - fresh.length,
    problems,
    examples: fresh.slice(0, EXAMPLES).map(({ text, category }) => ({ text, category })),
  };
};

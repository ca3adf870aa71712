// `collimate people owner NAME`: hands the studio to somebody else.

import type { Command } from 'commander';
import { moveOwnership } from '../project/people/accounts.ts';
import { HOST, recordAudit } from '../project/people/audit.ts';
import { findAccountHolder } from '../project/people/find-person.ts';
import { requireWritable } from '../project/read-only.ts';
import { CollimateError } from '../util/errors.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.argument('<name>', 'name, e-mail address or identifier of an account');
  addConfigFlags(command, []);
  command.action(async (called: string) => {
    const { id, name } = await withProject(context, command, async (project) => {
      requireWritable(project, 'people owner');
      const { db } = project;
      const { account } = await findAccountHolder(db, called);
      if (account.disabled === 1)
        throw new CollimateError('USAGE', `people: the account of ${account.name} is closed`, 'Open it first.');
      await moveOwnership(db, account.id);
      await recordAudit(db, { actor: HOST, action: 'person.update', target: account.id, detail: { role: 'owner' } });
      return account;
    });
    context.print({ owner: id }, `${name} is the owner now; who was it is an admin.`);
  });
  addExamples(command, ['people owner Rita', 'people owner rita@example.org --json']);
}

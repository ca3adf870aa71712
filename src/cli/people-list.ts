// `collimate people list`: who has an account, as what, and what they can come in by.

import type { Command } from 'commander';
import { listAccounts } from '../project/people/accounts.ts';
import { listApiTokens } from '../project/people/api-tokens.ts';
import { formatNumber, formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.action(async () => {
    const people = await withProject(context, command, async ({ db }) => {
      const tokens = await listApiTokens(db);
      const accounts = await listAccounts(db);
      return accounts.map((account) => ({
        ...account,
        tokens: tokens.filter(({ accountId }) => accountId === account.id).length,
      }));
    });
    const rows = people.map(({ id, name, email, role, disabled, answers, tokens, createdAt }) => [
      name,
      email,
      disabled ? `${role}, closed` : role,
      formatNumber(answers),
      formatNumber(tokens),
      createdAt.slice(0, 10),
      id,
    ]);
    context.print(
      { people },
      rows.length > 0
        ? formatTable([['name', 'e-mail', 'role', 'answers', 'tokens', 'since', 'identifier'], ...rows])
        : 'Nobody has an account yet: `collimate studio` prints the address that makes the owner.',
    );
  });
  addConfigFlags(command, []);
  addExamples(command, ['people list', 'people list --json']);
}

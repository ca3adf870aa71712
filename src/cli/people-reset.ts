// `collimate people reset NAME`: a way back in for whoever forgot their password, the owner too.

import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Database } from '../project/database/database.ts';
import { HOST, recordAudit } from '../project/people/audit.ts';
import { findAccountHolder } from '../project/people/find-person.ts';
import { createPasswordReset } from '../project/people/password-resets.ts';
import { ADDRESS, readState } from '../project/people/studio-state.ts';
import { requireWritable } from '../project/read-only.ts';
import { setPassword } from '../studio/server/accounts/set-password.ts';
import { CollimateError } from '../util/errors.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<name>', 'name, e-mail address or identifier of an account')
    .option('--password-stdin', 'read the new password from the standard input, in place of a link');
  addConfigFlags(command, []);
  command.action(async (called: string, { passwordStdin }: { passwordStdin?: true }) => {
    await withProject(context, command, async (project) => {
      requireWritable(project, 'people reset');
      const { db } = project;
      const { account } = await findAccountHolder(db, called);
      if (account.disabled === 1)
        throw new CollimateError('USAGE', `people: the account of ${account.name} is closed`, 'Open it in the studio.');
      if (passwordStdin) return readAndSet(context, db, account);
      const { token, expiresAt } = await createPasswordReset(db, account.id);
      await recordAudit(db, { actor: HOST, action: 'password.link', target: account.id, detail: { expiresAt } });
      const address = await readState(db, ADDRESS);
      const link = `${address ?? ''}/reset/${token}`;
      context.print(
        { account: account.id, link, expiresAt },
        [
          link,
          `It sets a new password for ${account.name} (${account.email}): once, until ${expiresAt.slice(0, 16)} UTC.`,
          address
            ? `${address} is where the latest studio of this project was served.`
            : 'Put the address of the studio before it; none was served yet.',
        ].join('\n'),
      );
    });
  });
  addExamples(command, [
    'people reset Rita',
    'people reset rita@example.org --json',
    'people reset rita@example.org --password-stdin < new-password.txt',
  ]);
}

async function readAndSet(
  context: CliContext,
  db: Database,
  { id, name }: { id: string; name: string },
): Promise<void> {
  const password = (await text(context.stdin)).replace(/\r?\n$/, '');
  const { sessions } = await setPassword(db, id, password);
  await recordAudit(db, { actor: HOST, action: 'password.reset', target: id, detail: { ended: { sessions } } });
  context.print({ account: id, sessions }, `${name} has the new password. Sessions that ended: ${sessions}.`);
}

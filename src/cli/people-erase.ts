// `collimate people erase NAME`: removes a person, and says what became of everything they left.

import { type Command, Option } from 'commander';
import { isPostgres } from '../project/database/database.ts';
import { compactDatabase, type Erased, erasePerson } from '../project/people/erase-person.ts';
import { findPerson } from '../project/people/find-person.ts';
import { findMentions } from '../project/people/mentions.ts';
import type { Project } from '../project/project.ts';
import { requireWritable } from '../project/read-only.ts';
import { plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

interface Options {
  answers: 'keep' | 'delete';
  dryRun?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('<name>', 'name, e-mail address or identifier, also of a rater without an account')
    .addOption(
      new Option('--answers <what>', 'answers stay under a pseudonym, or are deleted')
        .choices(['keep', 'delete'])
        .default('keep'),
    )
    .option('--dry-run', 'say what would be done, and do nothing');
  addConfigFlags(command, []);
  command.action(async (called: string, options: Options) => {
    const result = await withProject(context, command, (project) => {
      if (!options.dryRun) requireWritable(project, 'people erase');
      return erase(project, called, options);
    });
    context.print(result, describe(result, options));
  });
  addExamples(command, [
    'people erase Rita --dry-run',
    'people erase Rita',
    'people erase rita@example.org --answers delete --json',
  ]);
}

interface Result extends Erased {
  name: string;
  /** Whether SQLite's file was written anew; null on PostgreSQL. */
  compacted: boolean | null;
  /** Files of the project that hold the name, address or identifier; they are left as they are. */
  files: string[];
}

async function erase(project: Project, called: string, { answers, dryRun = false }: Options): Promise<Result> {
  const person = await findPerson(project.db, called);
  // Labels must not change under a stage that learns from them.
  const lock = answers === 'delete' && !dryRun ? await project.lock('people erase') : undefined;
  try {
    const erased = await erasePerson(project.db, person, { answers, dryRun });
    const compacted = isPostgres(project.db) ? null : !dryRun && (await compactDatabase(project.db));
    const words = [person.name, person.account?.email, person.id].filter((word) => word !== undefined);
    return { name: person.name, ...erased, compacted, files: findMentions(project.dir, words) };
  } finally {
    await lock?.release();
  }
}

function describe(result: Result, { dryRun }: Options): string {
  const { name, pseudonym, account, ended, answers, kept, auditEntries, jobs, tokenRaters } = result;
  const given = [
    plural(answers.ratings, 'rating'),
    `${plural(answers.history, 'answer')} of the queue's history`,
    `${plural(answers.pairAnswers, 'answer')} about pairs`,
    `${plural(answers.sheetChoices, 'choice')} of the best of a sheet`,
    plural(answers.flags, 'flag'),
  ].join(', ');
  return [
    dryRun ? `Nothing was done. Erasing ${name} would do this:` : `${name} is erased:`,
    account
      ? `  the account is deleted, with ${plural(ended.sessions, 'session')}, ${plural(ended.tokens, 'token')}, ${plural(ended.invites, 'invitation')} and ${plural(ended.resets, 'reset link')}`
      : '  there was no account',
    kept ? `  kept under ${pseudonym}: ${given}` : `  deleted: ${given}`,
    `  now naming ${pseudonym}: ${plural(auditEntries, 'entry', 'entries')} of the audit log, ${plural(jobs, 'job')}, ${plural(tokenRaters, 'rater that was a token', 'raters that were tokens')}`,
    ...describeRest(result, dryRun ?? false),
  ].join('\n');
}

/** What is left as it was, so that whoever has to answer for it knows. */
function describeRest({ kept, rewardFunctions, mentions, compacted, files }: Result, dryRun: boolean): string[] {
  return [
    ...(rewardFunctions > 0 && !kept
      ? [
          `Left: ${plural(rewardFunctions, 'reward function')} that learned from these answers; train again to be rid of that.`,
        ]
      : []),
    ...(mentions > 0
      ? [
          `Left: ${plural(mentions, 'note or guideline', 'notes or guidelines')} whose text has the name in it, to be edited.`,
        ]
      : []),
    ...(files.length > 0
      ? [
          `Left: ${plural(files.length, 'file that has the name in it', 'files that have the name in them')}, written before: ${files.join(', ')}`,
        ]
      : []),
    ...(compacted === false && !dryRun
      ? [
          'Left: what was deleted at other times may still be in free pages of collimate.db, since others use it; VACUUM clears them.',
        ]
      : []),
    'Exports, backups and published models outside the project are for you to look after.',
  ];
}

// `collimate move-database --to <address>`: the project's database from SQLite to PostgreSQL, or back.

import { join } from 'node:path';
import type { Command } from 'commander';
import { CONFIG_FILE } from '../project/config/config-file.ts';
import { changeConfigFile } from '../project/config/config-write.ts';
import { EMBEDDED, hidePassword, isPostgresUrl } from '../project/config/database-url.ts';
import { openDatabase } from '../project/database/database.ts';
import { copyDatabase, type MovedTable } from '../project/database/move-database.ts';
import { DATABASE_FILE, type Project } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import type { Progress } from '../util/progress.ts';
import { formatNumber, formatTable, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.requiredOption('--to <address>', 'postgres://user@host/name of an empty database, or embedded for SQLite');
  addConfigFlags(command, []);
  command.action(async ({ to }: { to: string }) => {
    if (to !== EMBEDDED && !isPostgresUrl(to))
      throw new CollimateError(
        'USAGE',
        `--to: expected postgres://… or embedded, got ${JSON.stringify(hidePassword(to))}`,
        'Make an empty database with `createdb`, and give its address.',
      );
    const result = await withStage(context, command, 'move-database', ({ project, progress }) =>
      moveProject(project, progress, to),
    );
    context.print(result, describe(result));
  });
  addExamples(command, [
    'move-database --to postgres://ann@db.example.org/pictures',
    'move-database --to embedded',
    'move-database --to postgres://localhost/pictures --json',
  ]);
}

interface Result {
  from: string;
  to: string;
  tables: MovedTable[];
  rows: number;
  /** Where the old address comes from, if that still goes before the project's file. */
  overridden: string | null;
}

/** The configuration names the new database only once every row there has been compared. */
async function moveProject(project: Project, progress: Progress, to: string): Promise<Result> {
  const { dir, config, sources } = project;
  const target = await openDatabase(to === EMBEDDED ? join(dir, DATABASE_FILE) : to);
  let tables: MovedTable[];
  try {
    tables = await copyDatabase(project.db, target, ({ table, rows }) =>
      rows > 0 ? progress.note(`${table}: ${plural(rows, 'row')}`) : undefined,
    );
  } finally {
    await target.destroy();
  }
  changeConfigFile(dir, { database: to === EMBEDDED ? null : to });
  const source = sources.database ?? '';
  return {
    from: hidePassword(config.database),
    to: hidePassword(to),
    tables,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    overridden: source === 'default' || source.endsWith(CONFIG_FILE) ? null : source,
  };
}

function describe({ from, to, tables, rows, overridden }: Result): string {
  const lines = tables.filter((table) => table.rows > 0);
  return [
    formatTable([
      ['table', 'rows', 'SHA-256 in both'],
      ...lines.map(({ table, rows: count, checksum }) => [table, formatNumber(count), checksum.slice(0, 16)]),
    ]),
    '',
    `${plural(rows, 'row')} moved from ${from} to ${to}; ${CONFIG_FILE} now names the new database.`,
    `The old one is as it was. Images and weights stay in the project's folder.`,
    ...(overridden === null ? [] : [`${overridden} still names the old one and goes before the file: take it away.`]),
  ].join('\n');
}

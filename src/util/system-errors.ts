// What the operating system or a database refused, as an error for people: the path, what is wrong with it, and what to do. A path that
// is not what a command needs is nobody's defect.

import { CollimateError } from './errors.ts';

const REASONS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  ENOENT: ['there is no such file or folder', 'Check the path.'],
  EISDIR: ['this is a folder, and a file was expected', 'Name a file.'],
  ENOTDIR: ['a file lies where a folder was expected', 'Name a folder, or move the file away.'],
  EEXIST: ['something of this name is there already', 'Name another place, or move it away.'],
  ENOTEMPTY: ['this folder is not empty', 'Name another place, or move its content away.'],
  EACCES: ['permission denied', 'Ask for the right to it, or name another place.'],
  EPERM: ['this is not permitted', 'Ask for the right to it, or name another place.'],
  EROFS: ['this disk can only be read', 'Name a place on another disk.'],
  ELOOP: ['links lead in a circle', 'Name the file or folder itself.'],
  ENAMETOOLONG: ['this name is too long', 'Give a shorter one.'],
  EMFILE: ['too many files are open', 'Raise the limit (`ulimit -n`) and run the same command again.'],
};

/** What SQLite and PostgreSQL say of tables that are not as migrations made them. */
const OTHER_TABLES =
  /^(no such (table|column): |table \S+ has no column named |(column|relation) \S+ (of relation \S+ )?does not exist)/;

/** The error in words, where it is one about a path or about a database's tables; undefined for everything else. */
export function explainSystemError(error: unknown): CollimateError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (OTHER_TABLES.test(error.message))
    return new CollimateError(
      'STORAGE',
      `the tables of the database are not those that Collimate made (${error.message})`,
      'Something else changed them: restore the database from a copy. Files beside it are not affected.',
      { cause: error },
    );
  const { code = '', path } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  if (!reason || path === undefined) return undefined;
  return new CollimateError('STORAGE', `${path}: ${reason[0]}`, reason[1], { cause: error });
}

// Searching prompts by what they say, whatever the case of the letters, with one expression for both databases.

import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** Letters beyond ASCII of which each case is looked for; of more, all are taken in one case. */
const MOST_LETTERS = 4;

/** Whether the column `text` holds `search`. SQLite's `lower` knows the letters of ASCII alone, so others are tried in both cases. */
export function holdsText(search: string): RawBuilder<SqlBool> {
  const patterns = listCases(search.toLowerCase()).map(
    (text) => sql`lower(text) like ${`%${escapeLike(text)}%`} escape '!'`,
  );
  return sql<SqlBool>`(${sql.join(patterns, sql` or `)})`;
}

/** A pattern for `like … escape '!'` that means the text itself. */
export function escapeLike(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}

/**
 * A text in lower case with its letters beyond ASCII in either case.
 *
 * @example
 * listCases('ärger'); // ['ärger', 'Ärger']
 */
export function listCases(text: string): string[] {
  const letters = [...text];
  const upper = (letter: string) => (/[^\0-\x7f]/.test(letter) ? letter.toUpperCase() : letter);
  const others = letters.filter((letter) => upper(letter) !== letter);
  if (others.length > MOST_LETTERS) return [text, letters.map(upper).join('')];
  return letters.reduce<string[]>(
    (starts, letter) => {
      const cases = [...new Set([letter, upper(letter)])];
      return starts.flatMap((start) => cases.map((one) => start + one));
    },
    [''],
  );
}

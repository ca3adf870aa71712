// Names of columns as spreadsheets and other programs write them: capitals and blanks around say nothing.

/**
 * The names by their plain form, in small letters and without blanks around. A name that is plain already keeps its place; of others
 * that would be one, none is taken for it.
 *
 * @example
 * plainNames(['Image', 'TEXT', 'Text']); // Map { 'image' => 'Image', 'TEXT' => 'TEXT', 'Text' => 'Text' }
 */
export function plainNames(names: readonly string[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(plainName(name), (counts.get(plainName(name)) ?? 0) + 1);
  return new Map(names.map((name) => [counts.get(plainName(name)) === 1 ? plainName(name) : name, name]));
}

/** A row under the plain names of its columns. */
export function withPlainNames<T>(row: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries([...plainNames(Object.keys(row))].map(([plain, name]) => [plain, row[name]!]));
}

const plainName = (name: string) => name.trim().toLowerCase();

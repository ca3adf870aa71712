// Addresses of PostgreSQL databases. Apart from the driver, which is loaded only where one is used.

/** What the `database` key says where the project's own SQLite file is meant. */
export const EMBEDDED = 'embedded';

/** Whether a `database` setting names a PostgreSQL database. */
export function isPostgresUrl(target: string): boolean {
  return /^postgres(ql)?:\/\//.test(target);
}

/** The address without its password, for people to see. */
export function hidePassword(target: string): string {
  // Any scheme: one that is mistyped is refused with the address that was given.
  return target
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*):.*@/i, '$1:…@')
    .replace(/([?&](?:ssl)?password=)[^&\s]*/gi, '$1…');
}

/** A text in which each address of a database is without its password, such as a command line or a log. */
export function hidePasswords(text: string): string {
  return (
    text
      .replace(/postgres(?:ql)?:\/\/[^\s"'`<>\\]+/gi, hidePassword)
      // Where the address seems to end within its password, as at a blank or a quote, all goes up to the next @: digits before a
      // blank may be a port, but they may also begin a password.
      .replace(/(postgres(?:ql)?:\/\/[^:@/\s]*:)(?!…@|\d*(?:[/?]|$))[^@\n]*@/gi, '$1…@')
  );
}

/** A value of JSON in which no text has the password of a database. */
export function hidePasswordsIn<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' ? hidePasswords(part) : part,
  ) as T;
}

// Addresses of PostgreSQL databases. Apart from the driver, which is loaded only where one is used.

/** What the `database` key says where the project's own SQLite file is meant. */
export const EMBEDDED = 'embedded';

/** Whether a `database` setting names a PostgreSQL database. */
export function isPostgresUrl(target: string): boolean {
  return /^postgres(ql)?:\/\//.test(target);
}

/** The address without its password, for people to see. */
export function hidePassword(target: string): string {
  return target.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):.*@/, '$1:…@').replace(/([?&]password=)[^&]*/g, '$1…');
}

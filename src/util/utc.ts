// Times out of files of others, as times in UTC: the only form in which times are stored, so that they sort by their text.

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** A time in UTC, and whether that had to be assumed. */
export interface UtcTime {
  /** As `Date.toISOString` writes it, to the millisecond. */
  readonly time: string;
  readonly assumed: boolean;
}

/**
 * A date with a time of day, in ISO 8601 or as databases write it; without an offset it is taken for UTC. Undefined for
 * anything else, and for days that no calendar has.
 *
 * @example
 * toUtc('2026-03-01T01:00:00+05:30'); // { time: '2026-02-28T19:30:00.000Z', assumed: false }
 */
export function toUtc(text: string): UtcTime | undefined {
  const [, date, clock, offset] = TIME.exec(text.trim()) ?? [];
  if (date === undefined || clock === undefined || !isDay(date)) return undefined;
  const milliseconds = Date.parse(`${date}T${clock.replace(',', '.')}${spellOffset(offset)}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return { time: new Date(milliseconds).toISOString(), assumed: offset === undefined };
}

function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** `+05`, `+0530` and `UTC` as the parser takes them. */
function spellOffset(offset = 'Z'): string {
  if (/^(z|utc)$/i.test(offset)) return 'Z';
  return `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
}

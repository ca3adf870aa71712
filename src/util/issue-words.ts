// What zod says of a value that does not fit, for people who know no TypeScript: its own sentences name types and use signs.

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  undefined: 'nothing',
  null: 'nothing',
  NaN: 'no number',
};

const UNITS: Readonly<Record<string, string>> = { characters: 'character', items: 'item', entries: 'entry' };

/** What stands before a limit, by zod's sign; a limit of a size reads `at least 1 character`. */
const LIMITS: Readonly<Record<string, string>> = {
  '>=': 'at least ',
  '<=': 'at most ',
  '>': 'more than ',
  '<': 'less than ',
  'exactly ': 'exactly ',
};

const kind = (name: string) => KINDS[name] ?? name;
const list = (values: string) => values.replaceAll('"', '').replaceAll('|', ', ');

const RULES: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^Invalid input: expected (\S+), received (.+)$/, (wanted, got) => `expected ${kind(wanted!)}, got ${kind(got!)}`],
  [/^Invalid input: expected (.+)$/, (wanted) => `expected ${list(wanted!)}`],
  [/^Invalid option: expected one of (.+)$/s, (values) => `expected one of ${list(values!)}`],
  [
    /^Too (?:big|small): expected \w+ to have (>=|<=|>|<|exactly )(\d+) (\w+)$/,
    (sign, size, units) => `expected ${LIMITS[sign!]}${size} ${size === '1' ? (UNITS[units!] ?? units) : units}`,
  ],
  [
    /^Too (?:big|small): expected (\w+) to be (>=|<=|>|<)(.+)$/,
    (wanted, sign, limit) => `expected ${kind(wanted!)} of ${LIMITS[sign!]}${limit}`,
  ],
  [/^Unrecognized keys?: (.+)$/s, (keys) => `there is no field ${list(keys!)}`],
  [/^Invalid string: must (.+)$/s, (rule) => `expected a text that must ${rule}`],
  [/^Invalid discriminator value. Expected (.+)$/s, (values) => `expected one of ${values!.replaceAll(' | ', ', ')}`],
  [/^Invalid input$/, () => 'expected another kind of value'],
  [/^Invalid (email address|URL|UUID|ISO .+)$/, (wanted) => `expected another form: ${wanted}`],
];

/**
 * A message of zod in words; those of our own schemas stay as they are.
 *
 * @example
 * inWords('Invalid input: expected string, received undefined'); // 'expected a text, got nothing'
 */
export function inWords(message: string): string {
  for (const [pattern, say] of RULES) {
    const found = pattern.exec(message);
    if (found) return say(...found.slice(1));
  }
  return message;
}

/**
 * Everything that is wrong with a value: `input.width: expected a number, got nothing`.
 *
 * @param most problems that are told
 */
export function describeIssues(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  most = 3,
): string {
  return issues
    .slice(0, most)
    .map(({ path, message }) => `${path.length > 0 ? `${path.map(String).join('.')}: ` : ''}${inWords(message)}`)
    .join('; ');
}

// JSON as Python writes it: with `Infinity`, `-Infinity` and `NaN`, which published scheduler configs hold.

const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** `JSON.parse` that takes Python's three further numbers and a byte order mark; NaN becomes null. @throws SyntaxError */
export function parsePythonJson(source: string): unknown {
  const text = source.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // 1e999 is beyond every number, and so is read as Infinity.
    const plain = text.replace(TOKENS, (token) =>
      token.startsWith('"') ? token : token === 'NaN' ? 'null' : token.replace('Infinity', '1e999'),
    );
    if (plain === text) throw error;
    return JSON.parse(plain) as unknown;
  }
}

/**
 * `JSON.stringify` that writes infinite numbers as Python reads them.
 *
 * @example
 * stringifyPythonJson({ low: -Infinity }); // '{"low":-Infinity}'
 */
export function stringifyPythonJson(value: unknown, indent?: number): string {
  const mark = (sign: string) => `\u0000${sign}Infinity\u0000`;
  const marked = JSON.stringify(
    value,
    (_key, item: unknown) => (item === Infinity ? mark('') : item === -Infinity ? mark('-') : item),
    indent,
  );
  return marked.replace(/"\\u0000(-?Infinity)\\u0000"/g, '$1');
}

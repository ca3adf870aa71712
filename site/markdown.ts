// Markdown as text: what generated pages are written with. Whatever comes from code is escaped, so that no page breaks by it.

/** A page of the site: where it lies among the pages, and what it says. */
export interface Page {
  readonly path: string;
  readonly body: string;
}

/** Text that is read as it stands; what is in backticks stays code. */
export function text(words: string): string {
  return words
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\*_<>[\]|]/g, (letter) => `\\${letter}`)))
    .join('');
}

/** `words` in backticks; empty stays empty. */
export const code = (words: string): string => (words === '' ? '' : `\`${words}\``);

/** A table whose cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(toCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const toCell = (cell: string) => cell.replaceAll('\n', ' ').replace(/(?<!\\)\|/g, '\\|');

/** A block of code. */
export const block = (language: string, lines: string): string => `\`\`\`${language}\n${lines}\n\`\`\``;

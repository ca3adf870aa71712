// Comma-separated values as RFC 4180 has them.

/**
 * Rows of cells. Quoted cells may hold commas, line breaks and doubled quotes; empty lines are left out.
 *
 * @example
 * parseCsv('a,b\r\n"1, 2",3'); // [['a', 'b'], ['1, 2', '3']]
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const source = text.replace(/^\uFEFF/, '');
  while (cell.lastIndex < source.length) {
    const match = cell.exec(source);
    // A quote inside an unquoted cell: the rest of the line is taken as it stands.
    if (!match) return [...rows, [...row, source.slice(row.length === 0 ? 0 : cell.lastIndex)]];
    row.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === ',' && cell.lastIndex < source.length) continue;
    if (match[3] === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

/** Rows of cells as RFC 4180 has them: lines end in CRLF, cells with commas, quotes or line breaks are quoted. */
export function formatCsv(rows: readonly (readonly (string | number | boolean)[])[]): string {
  const cell = (value: string | number | boolean) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

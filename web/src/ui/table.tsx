// A table of figures: the first column names the row, numbers stand to the right.

import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly name: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** `words` stand to the left; `wrap` may take several lines. */
  readonly kind?: 'words' | 'wrap';
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly isOff?: (row: Row) => boolean;
}

export function Table<Row>({ caption, columns, rows, keyOf, isOff }: TableProps<Row>) {
  const [first, ...rest] = columns;
  return (
    <section className="scroll" tabIndex={0} aria-label={caption}>
      <table className="data">
        <caption className="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, kind }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
              <th key={i} scope="col" className={kind && 'words'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={isOff?.(row) ? 'off' : undefined}>
              <th scope="row" className={first!.kind}>
                {first!.cell(row)}
              </th>
              {rest.map(({ cell, kind }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
                <td key={i} className={kind}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

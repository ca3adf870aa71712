// A part of a page with its title, a sentence about it, and what can be done with it.

import type { ReactNode } from 'react';

interface CardProps {
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  readonly id?: string;
}

export function Card({ title, note, actions, children, id }: CardProps) {
  return (
    <section className="card" id={id}>
      <header>
        <h2 dir="auto">{title}</h2>
        {actions && <div className="row">{actions}</div>}
        {note && <p>{note}</p>}
      </header>
      {children}
    </section>
  );
}

export interface TileData {
  readonly name: string;
  readonly value: ReactNode;
  readonly unit?: string;
  readonly sub?: ReactNode;
}

/** Figures side by side. */
export function Tiles({ tiles }: { readonly tiles: readonly TileData[] }) {
  return (
    <dl className="tiles">
      {tiles.map(({ name, value, unit, sub }) => (
        <div key={name} className="tile">
          <dt>{name}</dt>
          <dd>
            <div className="value">
              {value} {unit && <small>{unit}</small>}
            </div>
            {sub && <div className="sub">{sub}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

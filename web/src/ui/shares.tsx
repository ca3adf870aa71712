// Shares as bars: parts of a whole, or one share with its interval.

import type { ReactNode } from 'react';
import { formatShare } from './format.ts';

export interface Part {
  /** The color's name: good, bad, skip, win, tie, lose. */
  readonly tone: string;
  readonly name: string;
  readonly count: number;
}

interface StackedRowProps {
  readonly name: ReactNode;
  readonly parts: readonly Part[];
  readonly figure: ReactNode;
}

/** A row with the parts of a whole as one bar. */
export function StackedRow({ name, parts, figure }: StackedRowProps) {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const label = parts.map((part) => `${part.name} ${formatShare(total ? part.count / total : null)}`).join(', ');
  return (
    <div className="share-row">
      <span>{name}</span>
      <span className="stack" role="img" aria-label={label}>
        {parts.map(({ tone, count }) => (
          <span key={tone} className={tone} style={{ width: `${total ? (100 * count) / total : 0}%` }} />
        ))}
      </span>
      <span className="figure">{figure}</span>
    </div>
  );
}

export function Legend({ parts }: { readonly parts: readonly (readonly [tone: string, name: string])[] }) {
  return (
    <div className="legend">
      {parts.map(([tone, name]) => (
        <span key={tone}>
          <span className={`swatch ${tone}`} />
          {name}
        </span>
      ))}
    </div>
  );
}

interface IntervalRowProps {
  readonly name: ReactNode;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly note?: ReactNode;
}

/** A row with a share in [0, 1] on a track, and its interval. */
export function IntervalRow({ name, value, interval, note }: IntervalRowProps) {
  return (
    <div className="share-row">
      <span>{name}</span>
      <span className="track">
        {interval && (
          <span
            className="range"
            style={{ left: `${100 * interval[0]}%`, width: `${100 * (interval[1] - interval[0])}%` }}
          />
        )}
        {value !== null && <span className="point" style={{ left: `${100 * value}%` }} />}
      </span>
      <span className="figure">
        {formatShare(value)}
        {note && <span className="interval">{note}</span>}
      </span>
    </div>
  );
}

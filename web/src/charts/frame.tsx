// What every chart has around it: a title with its unit, a legend, and the words that stand for it where it is not seen.

import type { ReactElement, ReactNode } from 'react';
import { ResponsiveContainer } from 'recharts';
import './charts.css';

export interface Series {
  readonly name: string;
  /** A color by its meaning: `beam`, `base`, `best`, `other`, `good`, `bad`. */
  readonly tone: string;
  readonly dashed?: boolean;
}

export const colorOf = (tone: string) => `var(--${tone})`;

interface FrameProps {
  readonly title: string;
  readonly unit?: ReactNode;
  /** What the chart shows, in a sentence. */
  readonly summary: string;
  readonly series?: readonly Series[];
  readonly height?: number;
  readonly children: ReactElement;
}

export function ChartFrame({ title, unit, summary, series = [], height = 240, children }: FrameProps) {
  return (
    <figure className="chart">
      <figcaption>
        <h3>{title}</h3>
        {unit && <span className="soft small">{unit}</span>}
        {series.length > 1 && (
          <span className="legend">
            {series.map(({ name, tone, dashed }) => (
              <span key={name}>
                <svg className="stroke" viewBox="0 0 22 8" aria-hidden="true">
                  <path
                    d="M1 4h20"
                    stroke={colorOf(tone)}
                    strokeWidth="2.5"
                    strokeDasharray={dashed ? '5 4' : undefined}
                  />
                </svg>
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div role="img" aria-label={summary} style={{ height }}>
        <ResponsiveContainer width="100%" height="100%">
          {children}
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

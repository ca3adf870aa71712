// Curves over steps.

import { CartesianGrid, Line, LineChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { AXIS, axisOver, writeNumber } from './axis.ts';
import { ChartFrame, colorOf, type Series } from './frame.tsx';
import { niceTicks, rangeOf } from './nice-ticks.ts';

export interface Curve extends Series {
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
}

interface LineFigureProps {
  readonly title: string;
  readonly unit?: string;
  readonly curves: readonly Curve[];
  readonly domain?: readonly [number | 'auto', number | 'auto'];
  readonly format?: (value: number) => string;
  readonly xName?: string;
  /** Upright lines with a name. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[];
}

export function LineFigure({
  title,
  unit,
  curves,
  domain,
  format = writeNumber,
  xName = 'step',
  marks = [],
}: LineFigureProps) {
  const places = curves.flatMap(({ points }) => points);
  const [start, to] = rangeOf(places.map(({ x }) => x));
  // Curves that begin near the first step are drawn from it.
  const from = start <= to / 10 ? 0 : start;
  const steps = niceTicks(from, to).filter((x) => x >= from && x <= to);
  const heights = axisOver(
    places.flatMap(({ y }) => y ?? []),
    { write: format, fromZero: true },
  );
  const told = marks.map(({ x, name }) => `; ${name} at ${xName} ${x}`).join('');
  return (
    <ChartFrame title={title} unit={unit} series={curves} summary={summarize(title, curves, format, xName) + told}>
      <LineChart
        data={join(curves)}
        margin={{ top: marks.length > 0 ? 20 : 6, right: marks.length > 0 ? 36 : 12, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis dataKey="x" type="number" domain={[from, to]} ticks={steps} {...AXIS} />
        <YAxis
          width={52}
          {...(domain ? { ...AXIS, domain: [...domain], tickFormatter: format } : heights)}
          axisLine={false}
        />
        <Tooltip
          contentStyle={{}}
          wrapperClassName="tip"
          labelFormatter={(x) => `${xName} ${x}`}
          formatter={(value) => format(Number(value))}
          isAnimationActive={false}
        />
        {marks.map(({ x, name }) => (
          <ReferenceLine
            key={name}
            x={x}
            stroke="var(--soft)"
            strokeDasharray="3 3"
            label={{ value: name, position: 'top', fill: 'var(--soft)', fontSize: 12 }}
          />
        ))}
        {curves.map(({ name, tone, dashed }) => (
          <Line
            key={name}
            dataKey={name}
            stroke={colorOf(tone)}
            strokeWidth={2}
            {...(dashed ? { strokeDasharray: '5 4' } : {})}
            dot={false}
            connectNulls
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ChartFrame>
  );
}

/** One row for each x, with a column for each curve. */
function join(curves: readonly Curve[]): Record<string, number | null>[] {
  const rows = new Map<number, Record<string, number | null>>();
  for (const { name, points } of curves) {
    for (const { x, y } of points) {
      const row = rows.get(x) ?? { x };
      row[name] = y;
      rows.set(x, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.x! - b.x!);
}

function summarize(title: string, curves: readonly Curve[], format: (value: number) => string, xName: string): string {
  const ends = curves.flatMap(({ name, points }) => {
    const seen = points.filter(({ y }) => y !== null);
    const [first, last] = [seen[0], seen.at(-1)];
    return first && last
      ? [`${name} from ${format(first.y!)} at ${xName} ${first.x} to ${format(last.y!)} at ${xName} ${last.x}`]
      : [];
  });
  return `${title}: ${ends.join('; ') || 'no points yet'}`;
}

// Points in the plane, each with its name, such as alignment against fidelity; or predicted against observed shares.

import { CartesianGrid, LabelList, ReferenceLine, Scatter, ScatterChart, XAxis, YAxis } from 'recharts';
import { AXIS, ChartFrame, colorOf } from './frame.tsx';

export interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly tone: string;
}

interface ScatterFigureProps {
  readonly title: string;
  readonly unit?: string;
  readonly points: readonly Point[];
  readonly xName: string;
  readonly yName: string;
  readonly domain?: readonly [number | 'auto', number | 'auto'];
  /** Draws the line on which x equals y. */
  readonly diagonal?: boolean;
  readonly named?: boolean;
  readonly height?: number;
}

const format = (value: number) => Number(value.toPrecision(3)).toString();

export function ScatterFigure(props: ScatterFigureProps) {
  const { title, unit, points, xName, yName, domain = ['auto', 'auto'], diagonal, named = true, height = 300 } = props;
  const summary = `${title}: ${points.map(({ name, x, y }) => `${name} at ${xName} ${format(x)} and ${yName} ${format(y)}`).join('; ')}`;
  const axis = {
    type: 'number' as const,
    domain: [domain[0], domain[1]] as [number | 'auto', number | 'auto'],
    tickFormatter: format,
    ...AXIS,
  };
  return (
    <ChartFrame title={title} unit={unit} summary={summary} height={height}>
      <ScatterChart margin={{ top: 18, right: 60, bottom: 18, left: 4 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" />
        <XAxis dataKey="x" {...axis} label={{ value: xName, position: 'bottom', offset: 2, ...LABEL }} />
        <YAxis
          dataKey="y"
          width={62}
          {...axis}
          label={{ value: yName, angle: -90, position: 'insideLeft', ...LABEL }}
        />
        {diagonal && (
          <ReferenceLine
            segment={[
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ]}
            stroke="var(--edge)"
            strokeDasharray="4 4"
          />
        )}
        {points.map((point) => (
          <Scatter key={point.name} data={[point]} fill={colorOf(point.tone)} isAnimationActive={false}>
            {named && <LabelList dataKey="name" content={<PointName />} />}
          </Scatter>
        ))}
      </ScatterChart>
    </ChartFrame>
  );
}

/** A name over its point, on one line. */
function PointName({ x, y, value }: { readonly x?: number; readonly y?: number; readonly value?: string }) {
  return (
    <text x={(x ?? 0) + 5} y={(y ?? 0) - 6} fill="var(--ink)" fontSize={12} textAnchor="middle">
      {value}
    </text>
  );
}

const LABEL = { fill: 'var(--soft)', fontSize: 12 } as const;

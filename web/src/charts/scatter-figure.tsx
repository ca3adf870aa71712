// Points in the plane, each with its name, such as alignment against fidelity; or predicted against observed shares.

import {
  CartesianGrid,
  ErrorBar,
  LabelList,
  ReferenceLine,
  Scatter,
  ScatterChart,
  useChartWidth,
  XAxis,
  YAxis,
} from 'recharts';
import { axisOver, writeNumber } from './axis.ts';
import { ChartFrame, colorOf } from './frame.tsx';

export interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly tone: string;
  /** From its place to the ends of its interval along either axis. */
  readonly reachX?: Reach | null;
  readonly reachY?: Reach | null;
}

type Reach = readonly [down: number, up: number];

interface ScatterFigureProps {
  readonly title: string;
  readonly unit?: string;
  readonly points: readonly Point[];
  readonly xName: string;
  readonly yName: string;
  /** Of both axes; by default round numbers about the points. */
  readonly domain?: readonly [number, number];
  /** How numbers of the x axis are written. */
  readonly formatX?: (value: number) => string;
  /** Draws the line on which x equals y. */
  readonly diagonal?: boolean;
  readonly named?: boolean;
  readonly height?: number;
}

export function ScatterFigure(props: ScatterFigureProps) {
  const {
    title,
    unit,
    points,
    xName,
    yName,
    domain,
    formatX = writeNumber,
    diagonal,
    named = true,
    height = 300,
  } = props;
  const summary = `${title}: ${points.map(({ name, x, y }) => `${name} at ${xName} ${formatX(x)} and ${yName} ${writeNumber(y)}`).join('; ')}`;
  return (
    <ChartFrame title={title} unit={unit} summary={summary} height={height}>
      <ScatterChart margin={{ top: 18, right: 60, bottom: 18, left: 4 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" />
        <XAxis
          dataKey="x"
          {...axisOver(
            points.flatMap(({ x, reachX }) => endsOf(x, reachX)),
            { write: formatX, domain },
          )}
          label={{ value: xName, position: 'bottom', offset: 2, ...LABEL }}
        />
        <YAxis
          dataKey="y"
          width={62}
          {...axisOver(
            points.flatMap(({ y, reachY }) => endsOf(y, reachY)),
            { write: writeNumber, domain },
          )}
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
            {point.reachX && <ErrorBar dataKey="reachX" direction="x" {...whiskerOf(point)} />}
            {point.reachY && <ErrorBar dataKey="reachY" direction="y" {...whiskerOf(point)} />}
            {named && <LabelList dataKey="name" content={<PointName />} />}
          </Scatter>
        ))}
      </ScatterChart>
    </ChartFrame>
  );
}

const endsOf = (value: number, reach?: Reach | null) => (reach ? [value - reach[0], value + reach[1]] : [value]);

const whiskerOf = ({ tone }: Point) => ({
  stroke: colorOf(tone),
  strokeWidth: 1.5,
  width: 3,
  isAnimationActive: false,
});

interface PointNameProps {
  readonly x?: number;
  readonly y?: number;
  readonly value?: string;
}

/** Wider than letters of its size are on the average. */
const LETTER = 7;

/** A name beside its point, above the whisker along and clear of the one up and down; to the left where the right has no room. */
function PointName({ x = 0, y = 0, value = '' }: PointNameProps) {
  const isLeft = x + LETTER * value.length > (useChartWidth() ?? Number.POSITIVE_INFINITY);
  return (
    <text x={isLeft ? x - 2 : x + 12} y={y - 6} fill="var(--ink)" fontSize={12} textAnchor={isLeft ? 'end' : 'start'}>
      {value}
    </text>
  );
}

const LABEL = { fill: 'var(--soft)', fontSize: 12 } as const;

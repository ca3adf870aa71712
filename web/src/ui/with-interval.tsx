import { formatInterval, formatNumber, formatShare, formatShareInterval } from './format.ts';

interface Estimate {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

interface WithIntervalProps {
  readonly value: Estimate | null;
  /** Shares are in percent; other figures have so many digits. */
  readonly digits?: number;
}

/** An estimate with its interval below. */
export function WithInterval({ value, digits }: WithIntervalProps) {
  if (!value) return <>–</>;
  const { estimate, low, high } = value;
  const format = (figure: number) => (digits === undefined ? formatShare(figure) : formatNumber(figure, digits));
  return (
    <>
      {format(estimate)}
      {low !== null && high !== null && (
        <span className="interval block">
          {digits === undefined ? formatShareInterval([low, high]) : formatInterval([low, high], digits)}
        </span>
      )}
    </>
  );
}

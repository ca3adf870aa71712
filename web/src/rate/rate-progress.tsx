// How far the rater and the team have come.
import type { Kind } from './item.ts';
export function RateProgress({ answered }: { readonly kind: Kind; readonly answered: number }) {
  return <span className="small soft">{answered} answered</span>;
}

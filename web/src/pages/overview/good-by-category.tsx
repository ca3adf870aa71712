import type { Output } from '../../../../src/studio/contract/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatShareInterval, plural } from '../../ui/format.ts';
import { IntervalRow } from '../../ui/shares.tsx';

/** The share of good among good and bad answers, with intervals. */
export function GoodByCategory({ rows }: { readonly rows: Output<'getOverview'>['goodShare'] }) {
  return (
    <Card
      title="Judged good, by category"
      note="Of good and bad answers. The band is the 95 % interval over images: where it is wide, rate more."
    >
      {rows.length === 0 ? (
        <p className="soft">No answers yet. They appear here as raters give them.</p>
      ) : (
        <div className="shares">
          {rows.map(({ category, images, share: { estimate, low, high } }) => {
            const ends = low !== null && high !== null ? ([low, high] as const) : null;
            return (
              <IntervalRow
                key={category}
                name={
                  <>
                    {category} <span className="soft small">{plural(images, 'image')}</span>
                  </>
                }
                value={estimate}
                interval={ends}
                note={formatShareInterval(ends)}
              />
            );
          })}
        </div>
      )}
    </Card>
  );
}

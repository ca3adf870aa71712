// How good the answers are: agreement, each rater beside the others, and how many more answers are needed.

import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { Agreement } from './agreement.tsx';
import { Confusion } from './confusion.tsx';
import { Planner } from './planner.tsx';
import { RaterTable } from './rater-table.tsx';

export function Raters() {
  return (
    <Page
      title="Raters"
      lede="Whether people see the same thing, and who sees it differently. Excluding a rater deletes nothing."
      query={useQuery(read('getQuality'))}
    >
      {({ raters, agreement, confusion }) =>
        raters.length === 0 ? (
          <Empty title="No raters yet">
            <p>Invite raters on the Settings page, or answer some images yourself.</p>
          </Empty>
        ) : (
          <>
            <RaterTable raters={raters} />
            <div className="columns">
              <Agreement rows={agreement} />
              {confusion && <Confusion {...confusion} />}
            </div>
            {raters.some(({ goodShare }) => goodShare) && raters.some(({ goodShare }) => (goodShare ?? 1) < 1) ? (
              <Planner />
            ) : (
              <Card title="How much more to rate">
                <p className="soft">A plan needs good and bad answers to reckon with. Answer some images first.</p>
              </Card>
            )}
          </>
        )
      }
    </Page>
  );
}

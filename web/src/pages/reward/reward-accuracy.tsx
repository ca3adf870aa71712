import type { RewardGroup } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, formatNumber, formatShare, formatShareInterval } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';

const COLUMNS: readonly Column<RewardGroup>[] = [
  { name: 'Images', kind: 'words', cell: ({ set }) => set },
  { name: 'Category', kind: 'words', cell: ({ category }) => category },
  { name: 'Count', cell: ({ images }) => formatCount(images) },
  { name: 'Good', cell: ({ goodShare }) => formatShare(goodShare) },
  {
    name: 'Reward',
    cell: ({ accuracy, interval }) => (
      <>
        <b>{formatShare(accuracy.reward)}</b>
        <span className="interval">{formatShareInterval(interval)}</span>
      </>
    ),
  },
  { name: 'CLIP score', cell: ({ accuracy }) => formatShare(accuracy.clip) },
  { name: 'AUROC', cell: ({ auroc }) => formatNumber(auroc.reward, 3) },
  { name: 'CLIP AUROC', cell: ({ auroc }) => formatNumber(auroc.clip, 3) },
];

/** Unseen prompts stand before those that were learned from. */
function hardestFirst(groups: readonly RewardGroup[]): RewardGroup[] {
  const rank = ({ set }: RewardGroup) => (set.includes('unseen') ? 0 : set.includes('validation') ? 1 : 2);
  return groups.toSorted((a, b) => rank(a) - rank(b));
}

/** Accuracy by category beside the CLIP score. */
export function RewardAccuracy({ groups }: { readonly groups: readonly RewardGroup[] }) {
  return (
    <Card
      title="Accuracy by category, beside the CLIP score"
      note="How often the reward says what the answers say; above ½ counts as good. The CLIP score has the threshold that suits the training images best. Intervals are 95 %."
    >
      <Table
        caption="Accuracy of the reward and of the CLIP score by category"
        columns={COLUMNS}
        rows={hardestFirst(groups)}
        keyOf={({ set, category }) => `${set} ${category}`}
      />
    </Card>
  );
}

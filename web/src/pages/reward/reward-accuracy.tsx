import type { RewardGroup } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, formatNumber, formatShare, formatShareInterval } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';

const COLUMNS: readonly Column<RewardGroup>[] = [
  {
    name: 'Images',
    kind: 'words',
    cell: ({ set, category }) => (
      <>
        {set}, <span className="soft">{category}</span>
      </>
    ),
  },
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

/** Of prompts that taught nothing, unseen ones first; what comes after are those that were learned from. */
function partGroups(groups: readonly RewardGroup[]): [telling: RewardGroup[], learned: RewardGroup[]] {
  const of = (word: string) => groups.filter(({ set }) => set.includes(word));
  const telling = [...of('unseen'), ...of('validation')];
  return [telling, groups.filter((group) => !telling.includes(group))];
}

/** Accuracy by category beside the CLIP score. */
export function RewardAccuracy({ groups }: { readonly groups: readonly RewardGroup[] }) {
  const [telling, learned] = partGroups(groups);
  return (
    <Card
      title="Accuracy by category, beside the CLIP score"
      note="How often the reward says what the answers say; above ½ counts as good. The CLIP score has the threshold that suits the training images best. Intervals are 95 %."
    >
      {telling.length > 0 && <Groups of="prompts that taught it nothing" rows={telling} />}
      {learned.length > 0 && (
        <details open={telling.length === 0}>
          <summary>On the prompts that it learned from</summary>
          <Groups of="prompts that it learned from" rows={learned} />
        </details>
      )}
    </Card>
  );
}

function Groups({ of, rows }: { readonly of: string; readonly rows: readonly RewardGroup[] }) {
  return (
    <Table
      caption={`Accuracy of the reward and of the CLIP score by category, on ${of}`}
      columns={COLUMNS}
      rows={rows}
      keyOf={({ set, category }) => `${set} ${category}`}
    />
  );
}

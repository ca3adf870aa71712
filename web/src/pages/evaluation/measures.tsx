import type { MeasuresData } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { plural } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { WithInterval } from '../../ui/with-interval.tsx';

/** What code can say of pictures that no judge knows. */
export function Measures({ prompts, imagesPerPrompt, models }: MeasuresData) {
  const columns: Column<(typeof models)[number]>[] = [
    { name: 'Model', kind: 'words', cell: ({ name }) => name },
    { name: 'Reward', cell: ({ reward }) => <WithInterval value={reward} digits={3} /> },
    { name: 'Held-out reward', cell: ({ heldOut }) => <WithInterval value={heldOut} digits={3} /> },
    { name: 'CLIP score', cell: ({ clipScore }) => <WithInterval value={clipScore} digits={1} /> },
    { name: 'Diversity', cell: ({ diversity }) => <WithInterval value={diversity} digits={3} /> },
  ];
  return (
    <Card
      title="Automatic measures"
      note={`Over ${plural(prompts, 'prompt')} with ${plural(imagesPerPrompt, 'image')} each. Reward and CLIP score rest on one CLIP: only people, in a pair study, are a second opinion.`}
    >
      <Table caption="Automatic measures of every model" columns={columns} rows={models} keyOf={({ name }) => name} />
    </Card>
  );
}

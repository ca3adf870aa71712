import type { Output } from '../../../../src/studio/contract/client.ts';
import { formatCount } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';

type Group = Output<'previewPrompts'>['groups'][number];

const SPLITS: Readonly<Record<Group['split'], string>> = {
  seen: 'seen, learned from',
  development: 'development, to choose settings',
  unseen: 'unseen, for evaluation',
};

const COLUMNS: readonly Column<Group>[] = [
  { name: 'Category', kind: 'words', cell: ({ category }) => category },
  {
    name: 'Split',
    kind: 'words',
    cell: ({ split }) => SPLITS[split],
  },
  { name: 'Prompts', cell: ({ count }) => formatCount(count) },
  {
    name: 'Such as',
    kind: 'wrap',
    cell: ({ examples }) => <span className="soft">{examples.slice(0, 3).join(' · ')}</span>,
  },
];

/** What the settings would make. */
export function GrammarPreview({ preview }: { readonly preview: Output<'previewPrompts'> }) {
  const groups = preview.groups.filter(({ count }) => count > 0);
  if (groups.length === 0) return <p className="soft">No prompts: ask for at least one of a category.</p>;
  return (
    <Table
      caption="What the grammar would make"
      columns={COLUMNS}
      rows={groups}
      keyOf={({ category, split }) => `${category} ${split}`}
    />
  );
}

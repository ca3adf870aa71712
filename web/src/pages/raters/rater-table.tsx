import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, formatSeconds, formatShare } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { WithInterval } from '../../ui/with-interval.tsx';

type Rater = Output<'getQuality'>['raters'][number];

const COLUMNS: readonly Column<Rater>[] = [
  {
    name: 'Rater',
    kind: 'wrap',
    cell: ({ name, kind, excluded }) => (
      <>
        {name} {kind === 'simulated' && <span className="tag">simulated</span>}
        {excluded && <span className="tag">excluded</span>}
      </>
    ),
  },
  { name: 'Answers', cell: ({ answers }) => formatCount(answers) },
  { name: 'Good', cell: ({ goodShare }) => formatShare(goodShare) },
  { name: 'Skipped', cell: ({ skipShare }) => formatShare(skipShare) },
  { name: 'Median time', cell: ({ medianSeconds }) => (medianSeconds === null ? '–' : formatSeconds(medianSeconds)) },
  { name: 'Others', cell: ({ againstRest }) => <WithInterval value={againstRest} /> },
  { name: 'Gold', cell: ({ againstGold }) => <WithInterval value={againstGold} /> },
  { name: 'Themselves', cell: ({ againstSelf }) => <WithInterval value={againstSelf} /> },
];

/** Each rater against the others, gold and themselves. */
export function RaterTable({ raters }: { readonly raters: readonly Rater[] }) {
  const client = useQueryClient();
  const user = useQuery(sessionQuery).data?.user;
  const exclude = useMutation({
    mutationFn: ({ id, excluded }: Rater) =>
      call('setRaterExcluded', { params: { id }, body: { excluded: !excluded } }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (error) => toast(describeFailure(error).message),
  });
  const actions: Column<Rater> = {
    name: <span className="hidden-text">Change</span>,
    cell: (rater) => (
      <button
        type="button"
        className="button little"
        disabled={exclude.isPending}
        onClick={() => exclude.mutate(rater)}
      >
        {rater.excluded ? 'Take in' : 'Exclude'}
        <span className="hidden-text"> {rater.name}</span>
      </button>
    ),
  };
  return (
    <Card
      title="Each rater"
      note="Agreement with the majority of the others, with gold answers, and with the rater’s own earlier answer to a repeated image; below each share its 95 % interval."
    >
      <Table
        caption="Each rater"
        columns={user && maySteer(user.role) ? [...COLUMNS, actions] : COLUMNS}
        rows={raters}
        keyOf={({ id }) => id}
        isOff={({ excluded }) => excluded}
      />
    </Card>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatTime } from '../../ui/format.ts';
import { Failure, Loading } from '../../ui/states.tsx';
import { Thumb } from '../../ui/thumb.tsx';
import { toast } from '../../ui/toasts.tsx';

/** What raters flagged and nobody has looked at yet. */
export function Flags() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('listFlags'));
  const resolve = useMutation({
    mutationFn: ({ id, resolution }: { id: string; resolution: 'upheld' | 'dismissed' }) =>
      call('resolveFlag', { params: { id }, query: { resolution } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['listFlags'] }),
    onError: (failure) => toast(describeFailure(failure).message),
  });
  return (
    <Card
      title="Flagged images"
      note="A flagged image is shown to no rater. Keep it out for good, or give it back to the queue."
    >
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.flags.length === 0 ? (
        <p className="soft">No open flags.</p>
      ) : (
        <ul className="entries">
          {data.flags.map(({ id, hash, prompt, kind, note, rater, createdAt }) => (
            <li key={id}>
              <Thumb hash={hash} alt="" width={128} />
              <span>
                <b>{kind}</b> <bdi>{prompt}</bdi> {note && <q>{note}</q>}
                <span className="soft small block">
                  {rater}, {formatTime(createdAt)}
                </span>
              </span>
              <span className="row">
                {(['upheld', 'dismissed'] as const).map((resolution) => (
                  <button
                    key={resolution}
                    type="button"
                    className="button little"
                    disabled={resolve.isPending}
                    onClick={() => resolve.mutate({ id, resolution })}
                  >
                    {resolution === 'upheld' ? 'Keep it out' : 'Give it back'}
                    <span className="hidden-text">: {prompt}</span>
                  </button>
                ))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

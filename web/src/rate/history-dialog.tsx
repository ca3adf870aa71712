// What a rater has said: the last answers, each to be answered again, and the flags that nobody has looked at, to be taken back.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, describeFailure, read } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { Thumb } from '../ui/thumb.tsx';
import { toast } from '../ui/toasts.tsx';
import { say, sayTime } from '../words/words.ts';

interface HistoryProps {
  /** Takes the answer back and shows its picture again. */
  readonly onReopen: (clientId: string) => Promise<boolean>;
  readonly onClose: () => void;
}

export function HistoryDialog({ onReopen, onClose }: HistoryProps) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ ...read('getOwnAnswers'), staleTime: 0 });
  const onError = (failure: unknown) => toast(describeFailure(failure).message);
  const withdraw = useMutation({
    mutationFn: (id: string) => call('withdrawFlag', { params: { id } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['getOwnAnswers'] }),
    onError,
  });
  const reopen = useMutation({
    mutationFn: onReopen,
    onSuccess: (isThere) => (isThere ? onClose() : toast(say('nothingToUndo'))),
    onError,
  });
  return (
    <Dialog title={say('history')} shape="side" onClose={onClose}>
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.answers.length + data.flags.length === 0 ? (
        <p className="soft">{say('noHistory')}</p>
      ) : (
        <ul className="entries">
          {data.flags.map(({ id, hash, prompt, kind, note }) => (
            <li key={id}>
              <Thumb hash={hash} alt="" width={128} />
              <span>
                <b>{say(kind === 'other' ? 'flag' : kind)}</b> <bdi>{prompt}</bdi> {note && <q>{note}</q>}
              </span>
              <button
                type="button"
                className="button little"
                disabled={withdraw.isPending}
                onClick={() => withdraw.mutate(id)}
              >
                {say('withdrawFlag')}
                <span className="hidden-text">: {prompt}</span>
              </button>
            </li>
          ))}
          {data.answers.map(({ clientId, hash, prompt, answer, answeredAt }) => (
            <li key={clientId}>
              <Thumb hash={hash} alt="" width={128} />
              <span>
                <b className={`verdict ${answer}`}>{say(answer)}</b> <bdi>{prompt}</bdi>{' '}
                <span className="soft small">{sayTime(answeredAt)}</span>
              </span>
              <button
                type="button"
                className="button little"
                disabled={reopen.isPending}
                onClick={() => reopen.mutate(clientId)}
              >
                {say('answerAgain')}
                <span className="hidden-text">: {prompt}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

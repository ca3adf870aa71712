// What is to be decided, one picture at a time, with the raters' answers beside it: by button or key, and the next one comes.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import { DisputeView } from './dispute-view.tsx';
import './review.css';

type Dispute = Output<'listDisputes'>['disputes'][number];
type Answer = Dispute['answers'][number]['answer'];

interface Gone {
  readonly imageId: string;
  readonly answer: Answer | undefined;
  readonly gold?: boolean;
}

export function Review() {
  const client = useQueryClient();
  const query = useQuery(read('listDisputes', { query: {} }));
  /** Decided or passed over since the list was fetched, the latest last. */
  const [gone, setGone] = useState<readonly Gone[]>([]);
  const [makesGold, setMakesGold] = useState(false);
  const fetchAgain = () => {
    setGone([]);
    void client.invalidateQueries({ queryKey: ['listDisputes'] });
  };
  const decide = useMutation({
    mutationFn: ({ imageId, ...body }: { imageId: string; answer: Answer | null; note: string; gold: boolean }) =>
      call('decideImage', { params: { id: imageId }, body }),
    onError: (failure) => {
      toast(describeFailure(failure).message);
      fetchAgain();
    },
  });
  const last = gone.at(-1);
  const status = useRef<HTMLParagraphElement>(null);
  // A button that had the focus goes with its picture: who presses keys goes on from what stands over the next one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked after once a picture has gone or come back
  useEffect(() => {
    if (document.activeElement === document.body) status.current?.focus({ preventScroll: true });
  }, [gone]);
  return (
    <Page
      title="Review"
      lede="Pictures that somebody flagged, known answers that most raters contradict, and pictures on which raters, or they and the reward function, disagree. What is decided here stands beside the answers and is what the reward function learns."
      query={query}
    >
      {({ total, decided, disputes }) => {
        const left = disputes.filter(({ imageId }) => gone.every((each) => each.imageId !== imageId));
        const [dispute] = left;
        const done = gone.filter(({ answer }) => answer !== undefined).length;
        return (
          <>
            <p className="soft small" role="status" ref={status} tabIndex={-1}>
              {formatCount(total - done)} to decide, {formatCount(decided + done)} decided.
              {last && (
                <>
                  {' '}
                  <button
                    type="button"
                    className="button little quiet"
                    disabled={decide.isPending}
                    onClick={() => {
                      setGone(gone.slice(0, -1));
                      if (last.answer)
                        decide.mutate({ imageId: last.imageId, answer: null, note: '', gold: last.gold ?? false });
                    }}
                  >
                    Back to the one before
                  </button>
                </>
              )}
            </p>
            {dispute ? (
              <DisputeView
                key={dispute.imageId}
                dispute={dispute}
                onPass={() => setGone([...gone, { imageId: dispute.imageId, answer: undefined }])}
                makesGold={makesGold}
                onMakesGold={setMakesGold}
                onDecide={(answer, note) => {
                  const { imageId } = dispute;
                  // One that was gold before is no less so when a decision is taken back.
                  const gold = makesGold && dispute.gold === null;
                  setGone([...gone, { imageId, answer, gold }]);
                  decide.mutate({ imageId, answer, note, gold });
                }}
              />
            ) : total > gone.length || gone.some(({ answer }) => answer === undefined) ? (
              <Card title="That was this batch">
                <div className="row">
                  <button type="button" className="button primary" onClick={fetchAgain}>
                    Fetch what is left
                  </button>
                </div>
              </Card>
            ) : (
              <Empty title="Nothing to decide">
                <p>
                  {decided + done > 0 ? `${plural(decided + done, 'picture')} decided. ` : ''}Flags, doubtful gold
                  answers and disagreements come here by themselves.
                </p>
              </Empty>
            )}
          </>
        );
      }}
    </Page>
  );
}

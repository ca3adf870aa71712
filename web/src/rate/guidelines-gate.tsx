// What is read before rating begins, and whenever it changed: the rater goes on by a button, and answers wait for it.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { read } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { say } from '../words/words.ts';
import { Examples } from './examples.tsx';
import type { ReadGuidelines } from './guidelines-read.ts';
import { Markdown } from './markdown.tsx';

/** A key that was meant for the picture behind does not go on. */
const LEAST_MS = 700;

interface GateProps {
  readonly guidelines: ReadGuidelines;
  readonly onRead: () => void;
}

export function GuidelinesGate({ guidelines, onRead }: GateProps) {
  const due = guidelines.due();
  const asked = read('getGuidelines');
  const { data, error, refetch } = useQuery({ ...asked, queryKey: [...asked.queryKey, due] });
  // Guidelines without their pictures are better than none: what fails here is tried again with the next page.
  const onboarding = useQuery(read('getOnboarding')).data;
  const guideline = data?.guideline;
  const button = useRef<HTMLButtonElement>(null);
  const shownAt = useRef(Number.POSITIVE_INFINITY);
  useEffect(() => {
    if (!guideline) return;
    shownAt.current = performance.now();
    if (guidelines.knows(guideline)) guidelines.confirm(guideline);
    // What is to be pressed has the focus, and not the button that closes.
    button.current?.focus({ preventScroll: true });
  }, [guideline, guidelines]);

  function goOn(): void {
    if (!guideline || performance.now() - shownAt.current < LEAST_MS) return;
    guidelines.confirm(guideline);
    onRead();
  }
  const isFirst = guidelines.version === undefined;
  // The same words under a new number, as after an import, are not shown again.
  if (!isFirst && !error && (!guideline || guidelines.knows(guideline))) return null;
  const [before, after] = say('stampedFromHere', { version: guideline?.version ?? '', key: '\n' }).split('\n');
  return (
    <Dialog title={say(isFirst ? 'beforeYouRate' : 'guidelinesChanged')} shape="wide" onClose={goOn}>
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !guideline ? (
        <Loading />
      ) : (
        <>
          <Markdown text={guideline.text} />
          {onboarding && <Examples examples={onboarding.examples} />}
          <p className="soft small version">
            {before}
            <kbd>I</kbd>
            {after}
          </p>
          <div className="row">
            <button ref={button} type="button" className="button primary" onClick={goOn}>
              {say('iHaveRead')}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

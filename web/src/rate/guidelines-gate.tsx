// What is read before rating begins, and whenever it changed: the rater goes on by a button, and answers wait for it.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { read } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, Loading } from '../ui/states.tsx';
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
  const guideline = data?.guideline;
  const shownAt = useRef(Number.POSITIVE_INFINITY);
  useEffect(() => {
    if (!guideline) return;
    shownAt.current = performance.now();
    if (guidelines.knows(guideline)) guidelines.confirm(guideline);
  }, [guideline, guidelines]);

  function goOn(): void {
    if (!guideline || performance.now() - shownAt.current < LEAST_MS) return;
    guidelines.confirm(guideline);
    onRead();
  }
  const isFirst = guidelines.version === undefined;
  // The same words under a new number, as after an import, are not shown again.
  if (!isFirst && !error && (!guideline || guidelines.knows(guideline))) return null;
  return (
    <Dialog title={isFirst ? 'Before you rate' : 'The guidelines have changed'} shape="wide" onClose={goOn}>
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !guideline ? (
        <Loading />
      ) : (
        <>
          <Markdown text={guideline.text} />
          <p className="soft small version">
            Version {guideline.version}. From here on your answers are stamped with it; <kbd>I</kbd> shows it again.
          </p>
          <div className="row">
            <button type="button" className="button primary" onClick={goOn}>
              I have read this: go on
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

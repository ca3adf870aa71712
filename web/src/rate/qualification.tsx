// The test before the work: one picture at a time whose answer is known; after each answer what is right, and why.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Output } from '../../../src/studio/contract/client.ts';
import { call, read } from '../api/client.ts';
import { imageUrl } from '../api/images.ts';
import { Failure, FormFailure, Loading } from '../ui/states.tsx';
import { say } from '../words/words.ts';
import { AnswerButton } from './answer-button.tsx';
import { actionOfKey, type KeySettings, resolveBindings } from './keymap.ts';
import { Picture } from './picture.tsx';
import { Prompt } from './stage.tsx';

type Feedback = Output<'answerTest'>;
type Question = NonNullable<Feedback['test']['next']>;
type Answer = Feedback['known'];

const ANSWERS: readonly Answer[] = ['good', 'bad', 'skip'];

interface QualificationProps {
  readonly settings: KeySettings;
  /** The test was passed, or failed for good: the queue is asked again. */
  readonly onEnd: () => void;
}

export function Qualification({ settings, onEnd }: QualificationProps) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ ...read('getOnboarding'), staleTime: 0 });
  const [asked, setAsked] = useState<Question>();
  const [feedback, setFeedback] = useState<Feedback>();
  const answer = useMutation({
    mutationFn: (given: { imageId: string; answer: Answer }) => call('answerTest', { body: given }),
    onSuccess: setFeedback,
  });
  const test = feedback?.test ?? data?.test;
  const question = asked ?? test?.next ?? undefined;

  function give(given: Answer): void {
    if (!question || feedback || answer.isPending) return;
    setAsked(question);
    answer.mutate({ imageId: question.imageId, answer: given });
  }
  function goOn(): void {
    if (!feedback) return;
    void client.invalidateQueries({ queryKey: ['getOnboarding'] });
    if (feedback.test.state !== 'due') {
      onEnd();
      return;
    }
    setAsked(feedback.test.next ?? undefined);
    setFeedback(undefined);
    answer.reset();
    client.setQueryData(['getOnboarding'], (old: Output<'getOnboarding'> | undefined) =>
      old ? { ...old, test: feedback.test } : old,
    );
  }
  const latest = useRef({ give, goOn });
  latest.current = { give, goOn };
  const isTold = feedback !== undefined;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.repeat || document.querySelector('dialog[open]')) return;
      const action = actionOfKey(settings, 'image', event);
      const isOnButton = event.target instanceof HTMLButtonElement;
      if (isTold && event.key === 'Enter' && !isOnButton) latest.current.goOn();
      else if (!isTold && ANSWERS.includes(action as Answer)) latest.current.give(action as Answer);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [settings, isTold]);

  if (error)
    return (
      <main className="rate-empty" id="page">
        <Failure error={error} onRetry={() => void refetch()} />
      </main>
    );
  if (!test || !question)
    return (
      <main className="rate-empty" id="page">
        <Loading />
      </main>
    );
  const bindings = resolveBindings(settings, 'image');
  const number = feedback ? test.answered : test.answered + 1;
  // The last answer of a round begins the next one, or ends the test.
  const isLast = feedback !== undefined && (test.state !== 'due' || test.answered === 0);
  return (
    <main className="stage" id="page">
      <Prompt text={question.prompt}>
        {say('testNumber', { number: isLast ? test.questions : number, total: test.questions })} {say('askImage')}
      </Prompt>
      <div className="shown">
        <span className="frame-of">
          <Picture src={imageUrl(question.hash)} alt={say('pictureToRate')} />
        </span>
      </div>
      <div className="answers">
        {feedback ? (
          <div className="test-feedback" role="status">
            <p>
              <b className={`verdict ${feedback.right ? 'good' : 'bad'}`}>
                {say(feedback.right ? 'testRight' : 'testWrong')}
              </b>{' '}
              {!feedback.right && `${say('testKnown', { answer: say(feedback.known).toLowerCase() })} `}
              {feedback.why}
            </p>
            {isLast && <p>{sayEnd(feedback.test)}</p>}
            <button type="button" className="button primary" onClick={goOn}>
              {say(
                isLast && test.state === 'passed'
                  ? 'beginToRate'
                  : isLast && test.state === 'due'
                    ? 'tryAgain'
                    : 'goOn',
              )}{' '}
              <span className="keycap">↵</span>
            </button>
          </div>
        ) : (
          <div className="main-row image">
            {ANSWERS.map((each) => (
              <AnswerButton
                key={each}
                action={each}
                keys={settings.enabled ? (bindings[each] ?? []) : []}
                disabled={answer.isPending}
                onPress={() => give(each)}
              >
                {say(each)}
              </AnswerButton>
            ))}
          </div>
        )}
        <FormFailure error={answer.error} />
      </div>
    </main>
  );
}

function sayEnd({ state, right, questions: total, passMark, triesLeft: count }: Feedback['test']): string {
  const wanted = Math.ceil(passMark * total - 1e-9);
  if (state === 'passed') return say('testPassed', { right, total });
  return state === 'failed' ? say('testFailed', { right, total, wanted }) : say('testAgain', { total, wanted, count });
}

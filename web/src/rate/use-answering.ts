// How an answer comes together before it is given: the steps of scales one after the other, and the question why.

import { useLayoutEffect, useState } from 'react';
import { toast } from '../ui/toasts.tsx';
import { say } from '../words/words.ts';
import { type Answer, answerOfStep, type GivenReasons, type RateItem, type Scale, type Steps } from './item.ts';
import type { RatingSession } from './session.ts';

/** The question why, which is open: the answer that it was asked after, and what was said so far. */
interface Why {
  readonly pending: Answer | undefined;
  /** Whether the answer was given already, so that leaving the question out sends it. */
  readonly isGiven: boolean;
  readonly reasons: GivenReasons;
}

const NOTHING_SAID: GivenReasons = { words: [], note: '' };

/** Answers after which a project may want to know why. */
const asksWhyAfter = (answer: Answer, { pair }: RateItem) =>
  pair ? pair.question === 'alignment' && ['left', 'right', 'neither'].includes(answer) : answer === 'bad';

interface Answering {
  readonly session: RatingSession;
  /** What is before the rater. */
  readonly current: RateItem | undefined;
  /** Asked in place of good and bad; none of other questions. */
  readonly scales: readonly Scale[];
  /** Whether something else has to be done before anything is answered. */
  readonly isHeld: boolean;
}

export function useAnswering({ session, current, scales, isHeld }: Answering) {
  const [why, setWhy] = useState<Why>();
  const [steps, setSteps] = useState<Steps>({});
  /** Steps are the answer of scales, so why is asked after them: once the last is chosen. */
  const [wantsWhy, setWantsWhy] = useState(false);
  // Another item is before the rater, such as after undo: what was asked about the one before is over,
  // before a key can be pressed for this one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the item is what it follows
  useLayoutEffect(() => {
    setWhy(undefined);
    setSteps({});
    setWantsWhy(false);
  }, [current?.key]);

  function answer(given: Answer, chosen: Steps | undefined = why?.reasons.steps): void {
    const asks = !why && current && (session.asksWhy || wantsWhy) && asksWhyAfter(given, current);
    const beside = { ...(why?.reasons ?? NOTHING_SAID), ...(chosen && given !== 'skip' && { steps: chosen }) };
    setWhy(asks ? { pending: given, isGiven: true, reasons: beside } : undefined);
    if (!asks) session.answer(given, beside);
  }

  function step(scale: Scale | undefined, value: number): void {
    if (!scale || isHeld) return;
    const next = { ...steps, [scale]: value };
    setSteps(next);
    if (scales.every((each) => next[each] !== undefined)) answer(answerOfStep(next.alignment!), next);
  }

  function pick(number: number): void {
    if (current?.images?.[number - 1] && !isHeld) answer(`pick${number}`);
  }

  /** Asks why before the answer, or no more; of scales, after the last step. */
  function askWhy(): void {
    if (scales.length > 0 && !why) setWantsWhy(!wantsWhy);
    else if (why) setWhy(undefined);
    else setWhy({ pending: current?.pair ? undefined : 'bad', isGiven: false, reasons: NOTHING_SAID });
  }

  function leaveWhyOut(): void {
    const { isGiven, pending, reasons } = why!;
    setWhy(undefined);
    if (isGiven && pending)
      session.answer(pending, { ...NOTHING_SAID, ...(reasons.steps && { steps: reasons.steps }) });
  }

  async function undo(): Promise<void> {
    // The answer that is asked about was not sent yet.
    if (why) setWhy(undefined);
    if (why?.isGiven && scales.length === 0) return;
    const last = scales.findLast((scale) => steps[scale] !== undefined);
    if (last) return setSteps(({ [last]: _undone, ...rest }) => rest);
    if (session.undo() || (await session.undoEarlier().catch(() => false))) return;
    toast(say('nothingToUndo'));
  }

  return {
    why,
    steps,
    wantsWhy,
    /** The scale that is asked next. */
    nextScale: scales.find((scale) => steps[scale] === undefined),
    say: (reasons: Partial<GivenReasons>) => why && setWhy({ ...why, reasons: { ...why.reasons, ...reasons } }),
    ...{ answer, step, pick, askWhy, leaveWhyOut, undo },
  };
}

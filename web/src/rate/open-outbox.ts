// The outbox of the account that is signed in: kept in this browser, sent over the API, one tab at a time.

import { ApiError, type Input, type Output } from '../../../src/studio/contract/client.ts';
import type { OperationName } from '../../../src/studio/contract/routes.ts';
import { call, describeFailure } from '../api/client.ts';
import { noteSignedOut } from '../api/signed-out.ts';
import { toast } from '../ui/toasts.tsx';
import { say } from '../words/words.ts';
import { inputWithAge } from './age.ts';
import { openReadGuidelines, type ReadGuidelines } from './guidelines-read.ts';
import { Outbox, type Outcome } from './outbox.ts';
import { type Envelope, openOutboxStore } from './outbox-store.ts';
import { noteProgress } from './progress.ts';

const opened = new Map<string, Outbox>();

/** The one outbox of an account on this page; what an earlier page left in it is sent at once. */
export function openOutbox(account: string): Outbox {
  const there = opened.get(account);
  if (there) return there;
  const outbox = new Outbox({
    store: openOutboxStore(findStorage(), account),
    send: (envelope) => send(envelope, account),
    sendTogether: (envelopes) => sendTogether(envelopes, account),
    onRefused: (_envelope, reason) => toast(reason),
    onChanged: () => toast(say('changedElsewhere')),
    exclusively: (work) => (navigator.locks ? navigator.locks.request(`collimate.outbox.${account}`, work) : work()),
  });
  opened.set(account, outbox);
  window.addEventListener('online', () => outbox.wake());
  outbox.wake();
  return outbox;
}

/** The guidelines that an account has read in this browser. */
export function openGuidelines(account: string): ReadGuidelines {
  return openReadGuidelines(account, findStorage());
}

function findStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined; // the browser forbids it
  }
}

async function send(envelope: Envelope, account: string): Promise<Outcome> {
  const { operation } = envelope;
  try {
    const result = await (call as (name: string, input: unknown, options: object) => Promise<unknown>)(
      operation,
      inputWithAge(envelope, Date.now()),
      { keepalive: true },
    );
    return readResult(operation as OperationName, result, account);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return isPassing(error) ? 'later' : refuse(error);
  }
}

type AnswersInput = { readonly body: { readonly answers: readonly unknown[] } };

/** Answers that had to wait, as one request. Where that is refused as a whole, the first is sent alone, so that a bad one fails by itself. */
async function sendTogether(envelopes: readonly Envelope[], account: string): Promise<readonly Outcome[]> {
  const inputs = envelopes.map((envelope) => inputWithAge(envelope, Date.now()) as AnswersInput);
  try {
    const answers = inputs.flatMap(({ body }) => body.answers) as Input<'submitAnswers'>['body']['answers'];
    const { results, ...rest } = await call('submitAnswers', { body: { answers } }, { keepalive: true });
    return results.map((result) => readAnswer({ results: [result], ...rest }, account));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [isPassing(error) ? 'later' : await send(envelopes[0]!, account)];
  }
}

/** Not signed in any more, too many requests, or no server: what was sent is good, only not now. */
const isPassing = (error: ApiError) =>
  noteSignedOut(error) || error.status === 0 || [408, 429].includes(error.status) || error.status >= 500;

/** Answers come back one by one: some of them may be refused although the request was none. */
function readResult(operation: OperationName, result: unknown, account: string): Outcome {
  if (operation === 'submitAnswers') return readAnswer(result as Output<'submitAnswers'>, account);
  if (operation === 'undoAnswer') {
    const { undone, progress } = result as Output<'undoAnswer'>;
    noteProgress(progress);
    if (undone === null) toast(say('notTakenBack'));
    return 'confirmed';
  }
  if (operation === 'chooseBest') {
    const { status } = result as Output<'chooseBest'>;
    if (status === 'older') return { refused: say('changedElsewhere') };
    return status === 'changed' ? 'changed' : 'confirmed';
  }
  if (operation !== 'answerPair') return 'confirmed';
  const { status } = result as Output<'answerPair'>;
  if (status === 'rejected') return { refused: 'A choice was not counted. You chose later, elsewhere; that counts.' };
  return status === 'changed' ? 'changed' : 'confirmed';
}

function readAnswer({ results, progress, guidelineVersion }: Output<'submitAnswers'>, account: string): Outcome {
  noteProgress(progress);
  openGuidelines(account).note(guidelineVersion);
  const { status, error } = results[0]!;
  if (status === 'rejected' && error) return refuse(new ApiError(409, error));
  return status === 'changed' ? 'changed' : 'confirmed';
}

function refuse(error: ApiError): Outcome {
  const { message, hint } = describeFailure(error);
  return { refused: `An answer was not counted. ${message} ${hint}`.trim() };
}

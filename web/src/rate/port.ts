// How a rating session speaks to the server: what it leases, and the messages that its answers become.

import type { Output } from '../../../src/studio/contract/client.ts';
import type { RatingItem } from '../../../src/studio/contract/rating.ts';
import type { SheetItem } from '../../../src/studio/contract/sheets.ts';
import type { PairItem } from '../../../src/studio/contract/studies.ts';
import { call } from '../api/client.ts';
import { imageUrl } from '../api/images.ts';
import type { ReadGuidelines } from './guidelines-read.ts';
import type { Answer, GivenReasons, Kind, Question, RateItem } from './item.ts';
import type { Envelope } from './outbox-store.ts';
import { noteProgress } from './progress.ts';
import type { Answered } from './queue.ts';

/** How many items are leased at once. */
const COUNT = { single: 20, sheet: 24, pair: 10, best: 6 } as const;
/** Pictures of a sheet at most: more are too small to tell. */
const MOST_IN_SHEET = 12;

export interface NewFlag {
  readonly kind: 'broken' | 'unsafe';
  readonly note: string;
  /** Which picture of a pair. */
  readonly side: 'left' | 'right';
}

export type Standing = Pick<Output<'nextItems'>, 'excluded' | 'paused' | 'notices' | 'test' | 'crowd' | 'quotaReached'>;

export const GOOD_STANDING: Standing = {
  excluded: false,
  paused: false,
  notices: [],
  test: 'none',
  crowd: null,
  quotaReached: false,
};

export interface RatingPort {
  /** Whether the project wants raters to be asked why after a bad answer: what the server said last. */
  readonly asksWhy: boolean;
  /** Whether this rater is given items, and what there is to be told: what the server said last. */
  readonly standing: Standing;
  /** Hands out items that this rater does not hold yet, and keeps them for this rater a while. */
  lease(held: readonly string[]): Promise<readonly RateItem[]>;
  /** The message of an answer; none where more answers about the same pair have to come first. */
  answer(
    item: RateItem,
    answer: Answer,
    id: string,
    milliseconds: number,
    reasons?: GivenReasons,
  ): Envelope | undefined;
  undo(done: Answered<RateItem, Answer>): Envelope | undefined;
  /** Takes back an answer that the server knows, by default the last, and gives its item; none where there is none to take back. */
  undoLatest(clientId?: string): Promise<RateItem | undefined>;
  /** None where pictures are not flagged one by one. */
  flag(item: RateItem, flag: NewFlag): Envelope | undefined;
}

export function createPort(kind: Kind, guidelines: ReadGuidelines): RatingPort {
  if (kind === 'best') return createBestPort(guidelines);
  return kind === 'pair' ? createPairPort() : createImagePort(kind === 'sheet' ? 'sheet' : 'single', guidelines);
}

function createImagePort(mode: 'single' | 'sheet', guidelines: ReadGuidelines): RatingPort {
  let [order, batch, asksWhy, standing] = [0, 0, false, GOOD_STANDING];
  const toItem = (item: RatingItem, part: number): RateItem => ({
    key: item.leaseId,
    // A sheet that is on screen does not grow when more of its prompt is handed out.
    sheet: mode === 'sheet' ? `${batch}:${part}:${item.promptId}` : item.leaseId,
    order: order++,
    imageId: item.imageId,
    prompt: item.prompt,
    words: item.words,
    pictures: [imageUrl(item.hash)],
  });
  return {
    get asksWhy() {
      return asksWhy;
    },
    get standing() {
      return standing;
    },
    async lease(held) {
      const { items, progress, guidelineVersion, ...rest } = await call('nextItems', {
        body: { mode, count: COUNT[mode], held: held.slice(0, 100) },
      });
      noteProgress(progress);
      guidelines.note(guidelineVersion);
      asksWhy = rest.asksWhy;
      standing = toStanding(rest);
      batch++;
      // Sheets of about the same size, rather than a full one and a rest.
      const sheets = Math.ceil(items.length / MOST_IN_SHEET);
      return items.map((item, i) => toItem(item, Math.floor((i * sheets) / items.length)));
    },
    answer(item, answer, id, milliseconds, reasons) {
      const { key } = item;
      const { version: guidelineVersion } = guidelines;
      // Words that are not shown go with bad alone; a note may stand beside any answer.
      const why = reasons && toInput(answer === 'bad' ? reasons : { ...reasons, words: [] });
      const given = {
        ...{ clientId: id, leaseId: key, milliseconds, guidelineVersion },
        answer: answer === 'middle' ? 'skip' : answer,
        ...why,
        ...(reasons?.steps && { scales: reasons.steps }),
      };
      const input = { body: { answers: [given] } };
      return { id, about: aboutOf(item), operation: 'submitAnswers', input, at: Date.now() };
    },
    undo: ({ id, item }) => ({
      id: `undo-${id}`,
      about: aboutOf(item),
      operation: 'undoAnswer',
      input: { body: { clientId: id } },
    }),
    async undoLatest(clientId) {
      const { item, progress } = await call('undoAnswer', { body: clientId === undefined ? {} : { clientId } });
      noteProgress(progress);
      batch++;
      return item ? toItem(item, 0) : undefined;
    },
    flag: (item, { kind, note }) => ({
      id: crypto.randomUUID(),
      about: aboutOf(item),
      operation: 'flagImage',
      input: { body: { imageId: item.imageId, kind, note } },
    }),
  };
}

const toStanding = ({ excluded, paused, notices, test, crowd, quotaReached }: Standing): Standing => ({
  ...{ excluded, paused, notices },
  ...{ test, crowd, quotaReached },
});

/** Sheets of which the best picture is asked; one of a prompt at a time. */
function createBestPort(guidelines: ReadGuidelines): RatingPort {
  let [order, standing] = [0, GOOD_STANDING];
  const toItem = ({ promptId, prompt, images }: SheetItem): RateItem => ({
    // Another sheet of the same prompt is another item.
    key: `${promptId}.${images[0]!.imageId}`,
    sheet: `${promptId}.${images[0]!.imageId}`,
    order: order++,
    prompt,
    words: [],
    pictures: images.map(({ hash }) => imageUrl(hash)),
    images: images.map(({ imageId }) => imageId),
  });
  return {
    asksWhy: false,
    get standing() {
      return standing;
    },
    undoLatest: async () => undefined,
    async lease(held) {
      const prompts = [...new Set(held.map((key) => key.split('.')[0]!))].slice(0, 200);
      const { sheets, guidelineVersion, ...rest } = await call('nextSheets', {
        body: { count: COUNT.best, held: prompts },
      });
      guidelines.note(guidelineVersion);
      standing = toStanding(rest);
      return sheets.map(toItem);
    },
    answer({ key, images = [] }, answer, id, milliseconds) {
      const best = answer === 'skip' ? null : images[Number(answer.slice('pick'.length)) - 1]!;
      const { version: guidelineVersion } = guidelines;
      const body = { clientId: id, images, best, milliseconds, guidelineVersion };
      return { id, about: [key], at: Date.now(), operation: 'chooseBest', input: { body } };
    },
    undo: ({ id, item }) => ({
      id: `undo-${id}`,
      about: [item.key],
      operation: 'undoChoice',
      input: { body: { clientId: id } },
    }),
    flag: () => undefined,
  };
}

/** What of the reasons says anything. */
const toInput = ({ words, note }: GivenReasons) => ({
  ...(words.length > 0 && { words }),
  ...(note.trim() !== '' && { note: note.trim() }),
});

/** As the studies of pairs call it. */
const toChoice = (answer: Answer) => (answer === 'neither' ? 'bad' : answer);

const aboutOf = ({ key, imageId }: RateItem): string[] => (imageId ? [key, imageId] : [key]);

/** Answers about a pair whose last question is still to come, and what was said beside them. */
interface OpenPair {
  readonly answers: { readonly [K in Question]?: string };
  readonly milliseconds: number;
  readonly words?: readonly string[];
  readonly note?: string;
}

/** Pairs of the first open study that has some left for this rater; its questions are asked one after another. */
function createPairPort(): RatingPort {
  let [order, asksWhy, standing] = [0, false, GOOD_STANDING];
  /** Answers about pairs whose last question is still to come. */
  const partial = new Map<string, OpenPair>();
  const toItems = (studyId: string, { pairId, prompt, words, left, right, questions }: PairItem): RateItem[] =>
    questions.map((question, i) => ({
      key: `${pairId}:${question}`,
      sheet: `${pairId}:${question}`,
      order: order++,
      prompt,
      words,
      pictures: [imageUrl(left), imageUrl(right)],
      pair: { studyId, pairId, question, isLast: i === questions.length - 1 },
    }));
  return {
    get asksWhy() {
      return asksWhy;
    },
    get standing() {
      return standing;
    },
    undoLatest: async () => undefined,
    async lease() {
      const { studies } = await call('listStudies');
      const study = studies.find(({ open, own }) => open && own.left > 0);
      if (!study) return [];
      const { pairs, ...rest } = await call('nextPairs', { params: { id: study.id }, body: { count: COUNT.pair } });
      asksWhy = rest.asksWhy;
      standing = toStanding({ ...GOOD_STANDING, ...rest });
      return pairs.flatMap((pair) => toItems(study.id, pair));
    },
    answer({ key, pair }, answer, id, milliseconds, reasons) {
      const { studyId, pairId, question, isLast } = pair!;
      const before: OpenPair = partial.get(pairId) ?? { answers: {}, milliseconds: 0 };
      const given = {
        ...before,
        ...(reasons && toInput(reasons)),
        answers: { ...before.answers, [question]: toChoice(answer) },
        milliseconds: before.milliseconds + milliseconds,
      };
      partial.set(pairId, given);
      if (!isLast) return undefined;
      return {
        id,
        about: [key],
        at: Date.now(),
        operation: 'answerPair',
        input: { params: { id: studyId }, body: { clientId: id, pairId, ...given } },
      };
    },
    undo({ id, item }) {
      const { studyId, pairId, question, isLast } = item.pair!;
      const { [question]: _undone, ...answers } = partial.get(pairId)?.answers ?? {};
      partial.set(pairId, { answers, milliseconds: 0 });
      if (!isLast) return undefined;
      const input = { params: { id: studyId }, body: { pairId } };
      return { id: `undo-${id}`, about: [item.key], operation: 'undoPair', input };
    },
    flag({ key, pair }, flag) {
      const { studyId, pairId } = pair!;
      partial.delete(pairId);
      const input = { params: { id: studyId }, body: { pairId, ...flag } };
      return { id: crypto.randomUUID(), about: [key], operation: 'flagPair', input };
    },
  };
}

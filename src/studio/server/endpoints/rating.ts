// The rating queue: items, answers, flags, gold and guidelines.

import { GUIDELINE, requireGuideline } from '../../../method/feedback/guideline.ts';
import { flagImage as flag } from '../../../method/feedback/queue/flag-image.ts';
import { findImages } from '../../../project/images/images.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { listFlags as listStored, resolveFlag as resolve, wasGiven } from '../../../project/rating/flags.ts';
import { deleteGoldAnswer, listGoldViews, putGoldAnswer } from '../../../project/rating/gold.ts';
import { addGuideline, findLatestGuideline, listGuidelines as list } from '../../../project/rating/guidelines.ts';
import { closeNotice } from '../../../project/rating/notices.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { readShare } from '../rating/share.ts';
import { tellStanding } from '../rating/tell-standing.ts';
import { readTestState } from '../rating/test-state.ts';

/** Who is excluded or paused is told so and given nothing, since their work would count for nothing. */
const nextItems: Handler<'nextItems'> = async ({ studio, caller, body }) => {
  const { db } = studio.project;
  await studio.desk.watch(caller.id);
  const standing = await tellStanding(db, caller.id);
  const test = await readTestState(studio, caller);
  const progress = await studio.desk.progress(caller.id);
  const isOut = standing.excluded || standing.paused || test === 'due' || test === 'failed';
  const { askWhy: asksWhy } = studio.readProjectConfig().config.studio;
  const { answered } = progress.own;
  const { left, ...share } = await readShare(studio, caller.id, { answered, onTheWay: body.held.length });
  const count = isOut ? 0 : Math.min(body.count, left);
  return {
    items: count > 0 ? await studio.desk.next(caller.id, { ...body, count }) : [],
    progress,
    guidelineVersion: await requireGuideline(db),
    asksWhy,
    ...share,
    ...standing,
    test,
  };
};

const readNotice: Handler<'readNotice'> = async ({ studio, caller, params: { id } }) => {
  const mine = { raterId: caller.id, action: 'warn' as const };
  if (!(await closeNotice(studio.project.db, id, caller.id, mine))) throw notFound(`open warning ${id}`);
  return { ok: true };
};

const submitAnswers: Handler<'submitAnswers'> = async ({ studio, caller, body }) => {
  const answered = await studio.desk.answer(caller.id, body.answers);
  // Here too: whoever has nothing left to fetch does not ask for more.
  await studio.desk.watch(caller.id);
  return { ...answered, progress: await studio.desk.progress(caller.id) };
};

const undoAnswer: Handler<'undoAnswer'> = async ({ studio, caller, body }) => ({
  ...(await studio.desk.undo(caller.id, body.clientId)),
  progress: await studio.desk.progress(caller.id),
});

const releaseItems: Handler<'releaseItems'> = async ({ studio, caller, body }) => {
  await studio.desk.release(caller.id, body.leases);
  return { ok: true };
};

const flagImage: Handler<'flagImage'> = async ({ studio, caller, body }) => {
  const { imageId } = body;
  if (!(await findImages(studio.project.db, imageId)).some(({ id }) => id === imageId))
    throw notFound(`image ${imageId}`);
  if (caller.role === 'rater' && !(await wasGiven(studio.project.db, caller.id, imageId)))
    throw new CollimateError('FORBIDDEN', `image ${imageId} was never given to you`, 'Flag an image that you rate.');
  await studio.desk.write((context) => flag(context, { raterId: caller.id, ...body }));
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'image.flag',
    target: imageId,
    detail: { kind: body.kind },
  });
  return { ok: true };
};

const listFlags: Handler<'listFlags'> = async ({ studio }) => {
  const flags = await listStored(studio.project.db, { open: true });
  return {
    flags: flags.map(({ id, imageId, hash, prompt, kind, note, raterName, createdAt }) => ({
      id,
      imageId,
      hash,
      prompt,
      kind,
      note,
      rater: raterName,
      createdAt,
    })),
  };
};

const resolveFlag: Handler<'resolveFlag'> = async ({ studio, caller, params: { id }, query: { resolution } }) => {
  const { db } = studio.project;
  if (!(await resolve(db, id, resolution, caller.id))) throw notFound(`open flag ${id}`);
  await recordAudit(db, { actor: caller, action: 'flag.resolve', target: id, detail: { resolution } });
  return { ok: true };
};

const listGold: Handler<'listGold'> = async ({ studio }) => ({
  gold: await listGoldViews(studio.project.db),
});

const setGold: Handler<'setGold'> = async ({ studio, caller, params: { id }, body: { answer, note, use } }) => {
  const { db } = studio.project;
  if (!(await findImages(db, id)).some((image) => image.id === id)) throw notFound(`image ${id}`);
  if (answer === null) await deleteGoldAnswer(db, id);
  else await putGoldAnswer(db, { imageId: id, answer, note, use, createdBy: caller.id });
  await recordAudit(db, { actor: caller, action: 'gold.set', target: id, detail: { answer, use } });
  return { ok: true };
};

const getRatingProgress: Handler<'getRatingProgress'> = ({ studio, caller }) => studio.desk.progress(caller.id);

const getGuidelines: Handler<'getGuidelines'> = async ({ studio }) => ({
  guideline: (await findLatestGuideline(studio.project.db)) ?? null,
  preset: GUIDELINE,
});

const putGuidelines: Handler<'putGuidelines'> = async ({ studio, caller, body }) => {
  const { db } = studio.project;
  const version = await addGuideline(db, body.text);
  await recordAudit(db, { actor: caller, action: 'guidelines.write', target: String(version), detail: {} });
  return { guideline: (await findLatestGuideline(db))! };
};

const listGuidelines: Handler<'listGuidelines'> = async ({ studio }) => ({
  versions: await list(studio.project.db),
});

export const ratingEndpoints = {
  nextItems,
  readNotice,
  submitAnswers,
  undoAnswer,
  releaseItems,
  flagImage,
  listFlags,
  resolveFlag,
  listGold,
  setGold,
  getRatingProgress,
  getGuidelines,
  putGuidelines,
  listGuidelines,
} satisfies Partial<Endpoints>;

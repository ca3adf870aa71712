// What the caller has said as a rater, and taking a flag back.

import { UNDO_REACH } from '../../../method/feedback/queue/undo-answer.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { resolveFlag } from '../../../project/rating/flags.ts';
import { listOwnAnswers, listOwnFlags } from '../../../project/rating/own-answers.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const getOwnAnswers: Handler<'getOwnAnswers'> = async ({ studio, caller }) => ({
  answers: await listOwnAnswers(studio.project.db, caller.id, { purpose: 'feedback', limit: UNDO_REACH }),
  flags: await listOwnFlags(studio.project.db, caller.id),
});

/** As if it had never been: the image comes back to all, its flagger among them. */
const withdrawFlag: Handler<'withdrawFlag'> = async ({ studio, caller, params: { id } }) => {
  const { db } = studio.project;
  const own = (await listOwnFlags(db, caller.id)).some((flag) => flag.id === id);
  if (!own || !(await resolveFlag(db, id, 'dismissed', caller.id))) throw notFound(`open flag ${id} of yours`);
  await recordAudit(db, { actor: caller, action: 'flag.withdraw', target: id, detail: {} });
  return { ok: true };
};

export const ownAnswerEndpoints = { getOwnAnswers, withdrawFlag } satisfies Partial<Endpoints>;

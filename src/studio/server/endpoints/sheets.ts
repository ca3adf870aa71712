// The best of a sheet.

import { requireGuideline } from '../../../method/feedback/guideline.ts';
import { nextSheets as next, storeBest, takeChoiceBack } from '../../../method/feedback/sheets.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { readShare } from '../rating/share.ts';
import { tellStanding } from '../rating/tell-standing.ts';
import { readTestState } from '../rating/test-state.ts';

const nextSheets: Handler<'nextSheets'> = async ({ studio, caller, body: { count, held } }) => {
  const { db } = studio.project;
  const { config } = studio.readProjectConfig();
  const standing = await tellStanding(db, caller.id);
  const guidelineVersion = await requireGuideline(db);
  const test = await readTestState(studio, caller);
  const { own } = await studio.desk.progress(caller.id);
  const { left, ...share } = await readShare(studio, caller.id, {
    answered: own.answered,
    onTheWay: held.length,
  });
  const isOut =
    standing.excluded || standing.paused || test === 'due' || test === 'failed' || !config.studio.bestOfSheet;
  const most = isOut ? 0 : Math.min(count, left);
  const found = await next({ db, config }, { raterId: caller.id, count: most, held });
  const sheets = found.sheets.map((sheet) => ({ ...sheet, images: [...sheet.images] }));
  const rest = isOut ? 0 : Math.min(found.left, left + held.length);
  return { sheets, answered: found.answered, left: rest, guidelineVersion, test, ...share, ...standing };
};

const chooseBest: Handler<'chooseBest'> = async ({ studio, caller, body }) => ({
  status: await studio.desk.write((context) => storeBest(context, { raterId: caller.id, ...body })),
});

const undoChoice: Handler<'undoChoice'> = async ({ studio, caller, body: { clientId } }) => {
  if (!(await studio.desk.write((context) => takeChoiceBack(context, caller.id, clientId))))
    throw notFound(`choice ${clientId} of yours`);
  return { ok: true };
};

export const sheetEndpoints = { nextSheets, chooseBest, undoChoice } satisfies Partial<Endpoints>;

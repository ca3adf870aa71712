// The best of a sheet.

import { requireGuideline } from '../../../method/feedback/guideline.ts';
import { nextSheets as next, storeBest, takeChoiceBack } from '../../../method/feedback/sheets.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { tellStanding } from '../rating/tell-standing.ts';
import { readTestState } from '../rating/test-state.ts';

const nextSheets: Handler<'nextSheets'> = async ({ studio, caller, body: { count, held } }) => {
  const { db } = studio.project;
  const { config } = studio.readProjectConfig();
  const standing = await tellStanding(db, caller.id);
  const guidelineVersion = await requireGuideline(db);
  const { sheets, answered, left } = await next({ db, config }, { raterId: caller.id, count, held });
  const test = await readTestState(studio, caller);
  const isOut =
    standing.excluded || standing.paused || test === 'due' || test === 'failed' || !config.studio.bestOfSheet;
  const given = isOut ? [] : sheets.map((sheet) => ({ ...sheet, images: [...sheet.images] }));
  return { sheets: given, answered, left: isOut ? 0 : left, guidelineVersion, test, ...standing };
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

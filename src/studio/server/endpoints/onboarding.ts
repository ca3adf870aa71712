// How raters begin: example pictures with the guidelines, and the test before the work.

import { answerTest as answer, settleTest } from '../../../method/feedback/qualification.ts';
import { listGoldViews } from '../../../project/rating/gold.ts';
import type { Endpoints, Handler } from '../endpoint.ts';

const getOnboarding: Handler<'getOnboarding'> = async ({ studio, caller }) => {
  const examples = await listGoldViews(studio.project.db, { use: 'example' });
  return {
    examples: examples.map(({ imageId, hash, prompt, answer, note }) => ({ imageId, hash, prompt, answer, note })),
    test: await studio.desk.write((context) => settleTest(context, caller.id)),
  };
};

const answerTest: Handler<'answerTest'> = ({ studio, caller, body }) =>
  studio.desk.write((context) => answer(context, { raterId: caller.id, ...body }));

export const onboardingEndpoints = { getOnboarding, answerTest } satisfies Partial<Endpoints>;

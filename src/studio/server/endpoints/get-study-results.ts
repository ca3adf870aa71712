import type { Handler } from '../endpoint.ts';
import { requireStudyById } from '../studies/require-study.ts';

export const getStudyResults: Handler<'getStudyResults'> = async ({ studio, caller, params }) => {
  const study = await requireStudyById(studio.project.db, params.id);
  return studio.reader.read('studyResults', { id: study.id, raterId: caller.id });
};

import { listStudies as listStored } from '../../../project/studies/studies.ts';
import { readStudyProgress } from '../../../project/studies/study-votes.ts';
import type { Handler } from '../endpoint.ts';
import { describeStudy } from '../studies/describe-study.ts';

export const listStudies: Handler<'listStudies'> = async ({ studio, caller }) => {
  const { db } = studio.project;
  const studies = await listStored(db);
  return {
    studies: await Promise.all(
      studies.map(async (study) => describeStudy(study, await readStudyProgress(db, study, caller.id))),
    ),
  };
};

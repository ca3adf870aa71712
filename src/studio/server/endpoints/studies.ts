// Pair studies.

import { randomUUID } from 'node:crypto';
import { parseComparisons } from '../../../judging/verdict/plan.ts';
import { type Database, inTransaction } from '../../../project/database/database.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { listPromptWords } from '../../../project/prompts/prompt-words.ts';
import { insertFlag } from '../../../project/rating/flags.ts';
import {
  closeStudy as close,
  findPairPrompt,
  findStudy,
  listStudies as listStored,
} from '../../../project/studies/studies.ts';
import { recordStudyAnswers, retractStudyAnswers } from '../../../project/studies/study-answers.ts';
import { findShownImage, nextStudyPairs } from '../../../project/studies/study-presentations.ts';
import { readStudyProgress } from '../../../project/studies/study-votes.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { tellStanding } from '../rating/tell-standing.ts';
import { describeStudy } from '../studies/describe-study.ts';
import { requireStudyById } from '../studies/require-study.ts';

const listStudies: Handler<'listStudies'> = async ({ studio, caller }) => {
  const { db } = studio.project;
  const studies = await listStored(db);
  return {
    studies: await Promise.all(
      studies.map(async (study) => describeStudy(study, await readStudyProgress(db, study, caller.id))),
    ),
  };
};

const createStudy: Handler<'createStudy'> = async ({ studio, caller, body }) => {
  parseComparisons(body.compare);
  if (await findStudy(studio.project.db, body.name))
    throw new CollimateError('USAGE', `a study is called ${body.name} already`, 'Give the new one another name.');
  const job = await studio.jobs.start('evaluate human', body, caller.name);
  await recordAudit(studio.project.db, { actor: caller, action: 'study.create', target: body.name, detail: body });
  return job;
};

const nextPairs: Handler<'nextPairs'> = async ({ studio, caller, params, body: { count } }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const standing = await tellStanding(db, caller.id);
  const isOut = standing.excluded || standing.paused;
  const pairs = isOut ? [] : await nextStudyPairs(db, { study: study.id, raterId: caller.id, count });
  const { own } = await readStudyProgress(db, study, caller.id);
  return {
    pairs: pairs.map(({ pairId, prompt, left, right, questions }) => ({
      ...{ pairId, prompt, left, right, questions },
      words: listPromptWords(prompt),
    })),
    answered: own!.answered,
    left: own!.left,
    asksWhy: studio.readProjectConfig().config.studio.askWhy,
    ...standing,
  };
};

const QUESTIONS = ['alignment', 'fidelity'] as const;

const answerPair: Handler<'answerPair'> = async ({ studio, caller, params, body }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const { pairId, clientId, milliseconds, age, words, note } = body;
  if (words?.length) await requireWords(db, pairId, words);
  const answered = QUESTIONS.filter((question) => body.answers[question]);
  const answers = answered.map((question, i) => ({
    ...{ pairId, question, answer: body.answers[question]!, milliseconds, clientId: `${clientId}-${question}` },
    // What is said beside stands once, with the question that was asked first.
    ...(i === 0 && { words, note }),
  }));
  if (answers.length === 0)
    throw new CollimateError('USAGE', 'no question is answered', `Answer ${study.questions.join(' and ')}.`);
  const { recorded, changed, older } = await recordStudyAnswers(db, {
    study: study.id,
    raterId: caller.id,
    answers,
    age,
  });
  const status = changed > 0 ? 'changed' : recorded > 0 ? 'stored' : older > 0 ? 'rejected' : 'duplicate';
  return { status };
};

const flagPair: Handler<'flagPair'> = async ({ studio, caller, params, body: { pairId, side, kind, note } }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const imageId = await findShownImage(db, { pairId, raterId: caller.id, side });
  await inTransaction(db, async (tx) => {
    await insertFlag(tx, { imageId, raterId: caller.id, kind, note });
    await recordStudyAnswers(tx, {
      study: study.id,
      raterId: caller.id,
      answers: study.questions.map((question) => ({
        ...{ pairId, question, answer: 'skip' as const, milliseconds: 0 },
        clientId: `flag-${randomUUID()}`,
      })),
    });
  });
  await recordAudit(db, { actor: caller, action: 'image.flag', target: imageId, detail: { kind } });
  return { ok: true };
};

/** @throws CollimateError USAGE for words that the prompt of the pair does not have. */
async function requireWords(db: Database, pairId: string, words: readonly string[]): Promise<void> {
  const known = listPromptWords((await findPairPrompt(db, pairId)) ?? '');
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  throw new CollimateError(
    'USAGE',
    `the prompt of this pair has no word “${unknown}” to choose`,
    'Choose among the words that come with the pair.',
  );
}

const undoPair: Handler<'undoPair'> = async ({ studio, caller, params, body: { pairId } }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const taken = await retractStudyAnswers(db, { study: study.id, raterId: caller.id, pairId });
  if (taken === 0) throw notFound(`answer of yours about pair ${pairId}`);
  return { ok: true };
};

const closeStudy: Handler<'closeStudy'> = async ({ studio, caller, params }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  await close(db, study.id);
  await recordAudit(db, { actor: caller, action: 'study.close', target: study.name, detail: {} });
  return { ok: true };
};

const getStudyResults: Handler<'getStudyResults'> = async ({ studio, caller, params }) => {
  const study = await requireStudyById(studio.project.db, params.id);
  return studio.reader.read('studyResults', { id: study.id, raterId: caller.id });
};

export const studyEndpoints = {
  listStudies,
  createStudy,
  nextPairs,
  answerPair,
  flagPair,
  undoPair,
  closeStudy,
  getStudyResults,
} satisfies Partial<Endpoints>;

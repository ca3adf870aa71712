// The verdict of a stored study, and its raw votes as files.

import { join } from 'node:path';
import { readPseudonyms } from '../../project/people/pseudonyms.ts';
import type { Project } from '../../project/project.ts';
import {
  checkRegistration,
  findStudy,
  listStudies,
  listStudyPairs,
  type Study,
} from '../../project/studies/studies.ts';
import { listStudyVotes, type StudyVote } from '../../project/studies/study-votes.ts';
import { formatCsv } from '../../util/csv.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { readVerdict, type StudyVerdict } from './verdict.ts';

/** The study of a name, or the latest one. @throws CollimateError MISSING_STAGE where there is none. */
export async function requireStudy({ db }: Project, name?: string): Promise<Study> {
  const study = name === undefined ? (await listStudies(db)).at(-1) : await findStudy(db, name);
  if (study) return study;
  throw new CollimateError(
    'MISSING_STAGE',
    name === undefined ? 'verdict: there is no pair study yet' : `verdict: no study is called ${name}`,
    'Make one with `collimate evaluate human`.',
  );
}

/** The verdict of a study as it stands now, by the seed and the resamples of its plan. */
export async function collectVerdict({ db, config }: Project, study: Study): Promise<StudyVerdict> {
  const plan = study.config.plan as { samples?: number; seed?: number } | undefined;
  const pairs = await listStudyPairs(db, study.id);
  const registered = await checkRegistration(db, study);
  return readVerdict(
    study,
    await listStudyVotes(db, study.id),
    { pairs: pairs.length, registered },
    {
      samples: plan?.samples ?? config.evaluate.bootstrapSamples,
      seed: plan?.seed ?? config.seed,
    },
  );
}

export interface StudyFiles {
  readonly votesCsv: string;
  readonly votesJson: string;
  readonly verdict: string;
}

/** Writes `votes.csv`, `votes.json` and `verdict.json` into `studies/<name>` of the project. */
export async function writeStudyFiles(project: Project, study: Study, verdict: StudyVerdict): Promise<StudyFiles> {
  const dir = join(project.dir, 'studies', study.name.replace(/[^\w.-]+/g, '-'));
  const pseudonyms = await readPseudonyms(project.db);
  const votes = (await listStudyVotes(project.db, study.id)).map(
    ({ raterId, ...vote }): PublicVote => ({ ...vote, rater: pseudonyms.get(raterId)!.name }),
  );
  const files = {
    votesCsv: join(dir, 'votes.csv'),
    votesJson: join(dir, 'votes.json'),
    verdict: join(dir, 'verdict.json'),
  };
  writeFileAtomic(files.votesCsv, votesAsCsv(votes));
  writeFileAtomic(files.votesJson, `${JSON.stringify({ study, votes }, null, 1)}\n`);
  writeFileAtomic(files.verdict, `${JSON.stringify(verdict, null, 1)}\n`);
  return files;
}

/** A vote as it leaves the project: whoever gave it has the pseudonym that exports use. */
export type PublicVote = Omit<StudyVote, 'raterId'> & { readonly rater: string };

const COLUMNS: readonly (keyof PublicVote)[] = [
  'pairId',
  'prompt',
  'category',
  'split',
  'contestantA',
  'contestantB',
  'imageA',
  'imageB',
  'rater',
  'raterKind',
  'excluded',
  'question',
  'answer',
  'leftIs',
  'choice',
  'position',
  'milliseconds',
  'answeredAt',
  'words',
  'note',
];

const toCell = (value: PublicVote[keyof PublicVote]) => (Array.isArray(value) ? value.join(' ') : (value as string));

/** One line a vote, with a header; as RFC 4180 has it. */
export function votesAsCsv(votes: readonly PublicVote[]): string {
  return formatCsv([COLUMNS, ...votes.map((vote) => COLUMNS.map((column) => toCell(vote[column])))]);
}

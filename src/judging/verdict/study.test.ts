import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { listStudyPairs } from '../../project/studies/studies.ts';
import { listStudyVotes } from '../../project/studies/study-votes.ts';
import { answerPair, makePairRaters, qualitiesOf } from '../../world/raters/pair-raters.ts';
import { addReward } from '../evaluation/testing.ts';
import { collectVerdict, requireStudy, writeStudyFiles } from './collect.ts';
import { makeHumanStudy } from './make-study.ts';
import { parseComparisons } from './plan.ts';
import { simulateStudy } from './simulate.ts';
import { makeStudyProject } from './testing.ts';

test('a study from drawing to verdict: same seeds, blind simulated raters, files; and again without doing it twice', async (t) => {
  const { project, session, judgeDir, study } = await makeStudyProject(t);
  const pairs = await listStudyPairs(project.db, study.id);
  const images = new Map((await listImages(project.db)).map((image) => [image.id, image]));
  assert.equal(pairs.length, 8);
  for (const { imageA, imageB, contestantA } of pairs) {
    assert.equal(images.get(imageA)!.seed, images.get(imageB)!.seed);
    assert.equal(contestantA, 'tuned');
    assert.notEqual(images.get(imageA)!.modelHash, images.get(imageB)!.modelHash);
  }
  assert.equal(await simulateStudy(session, study, { judge: judgeDir }), 8 * 3 * 2);
  assert.equal(await simulateStudy(session, study, { judge: judgeDir }), 0);
  const same = await makeHumanStudy(session, { comparisons: [{ a: 'tuned', b: 'base' }], ratersPerPair: 3 });
  assert.equal(same.id, study.id);

  const verdict = await collectVerdict(project, await requireStudy(project));
  assert.deepEqual(
    [verdict.pairsDone, verdict.pairs, verdict.votes, verdict.raters, verdict.simulated, verdict.registered],
    [8, 8, 48, 3, 'all', true],
  );
  for (const { figures } of verdict.rows)
    assert.ok(Math.abs(figures.win.estimate + figures.lose.estimate + figures.tie.estimate - 1) < 1e-12);
  const votes = await listStudyVotes(project.db, study.id);
  const primary = verdict.rows.find(
    ({ question, split, category }) => question === 'fidelity' && split === 'seen' && category === 'all',
  )!;
  const own = votes.filter(({ question, split }) => question === 'fidelity' && split === 'seen');
  const score = own.reduce((sum, { choice }) => sum + (choice === 'a' ? 1 : choice === 'tie' ? 0.5 : 0), 0);
  assert.ok(Math.abs(primary.figures.preference.estimate - score / own.length) < 1e-12);

  const files = await writeStudyFiles(project, study, verdict);
  assert.equal(readFileSync(files.votesCsv, 'utf8').trimEnd().split('\r\n').length, 1 + 48);
  assert.equal((JSON.parse(readFileSync(files.votesJson, 'utf8')) as { votes: unknown[] }).votes.length, 48);
  assert.ok(existsSync(files.verdict));
});

test('simulated raters are refused where a prompt is none of their world, before anything is drawn or answered', async (t) => {
  const { project, session, judgeDir, study } = await makeStudyProject(t);
  const [pair] = await listStudyPairs(project.db, study.id);
  const edit = { slots: JSON.stringify({}), text: 'a purple cat riding a bicycle' };
  await project.db.updateTable('prompts').set(edit).where('id', '=', pair!.promptId).execute();
  const refused = { code: 'USAGE', message: /knows nothing of 1 of the 8 prompts, such as "a purple cat/ };
  await assert.rejects(simulateStudy(session, study, { judge: judgeDir }), refused);
  const comparisons = parseComparisons('tuned:base');
  const before = (await listImages(project.db)).length;
  await assert.rejects(
    makeHumanStudy(session, { name: 'other', comparisons, pairsPerPrompt: 2, simulated: true }),
    refused,
  );
  assert.equal((await listImages(project.db)).length, before);
  assert.deepEqual(await listStudyVotes(project.db, study.id), []);
});

test('the best of N is chosen by the reward out of the base; without a reward it is refused', async (t) => {
  const { project, session } = await makeStudyProject(t);
  const options = { name: 'best', comparisons: parseComparisons('tuned:best-of-3'), ratersPerPair: 1 };
  await assert.rejects(makeHumanStudy(session, options), { code: 'MISSING_STAGE' });
  await addReward(project);
  const study = await makeHumanStudy(session, options);
  assert.deepEqual(
    study.contestants.map(({ name, kind, bestOf }) => [name, kind, bestOf]),
    [
      ['tuned', 'tuned', undefined],
      ['best-of-3', 'best-of', 3],
    ],
  );
  const rewards = new Map(
    (await project.db.selectFrom('rewards').selectAll().execute()).map(({ imageId, score }) => [imageId, score]),
  );
  const base = (await listImages(project.db, { purpose: 'evaluation' })).filter(
    ({ modelHash }) => modelHash === study.contestants[1]!.modelHash,
  );
  for (const { promptId, imageB } of await listStudyPairs(project.db, study.id)) {
    const pool = base.filter((image) => image.promptId === promptId).map(({ id }) => rewards.get(id)!);
    assert.equal(pool.length, 3);
    assert.equal(rewards.get(imageB), Math.max(...pool));
  }
  await assert.rejects(makeHumanStudy(session, { ...options, ratersPerPair: 2 }), {
    code: 'USAGE',
    message: /best exists already/,
  });
  await assert.rejects(requireStudy(project, 'worst'), { code: 'MISSING_STAGE' });
});

test('comparisons are named in twos', () => {
  assert.deepEqual(parseComparisons('tuned:base, tuned:best-of-16'), [
    { a: 'tuned', b: 'base' },
    { a: 'tuned', b: 'best-of-16' },
  ]);
  for (const text of ['tuned', 'a:a', 'a:b:c', 'a:b,b:a', ''])
    assert.throws(() => parseComparisons(text), { code: 'USAGE' });
});

test('simulated raters of pairs: qualities by hand, and answers that follow them as far as a rater can tell', () => {
  const confidence = { count: 0.9, color: 0.8, subject: 1, background: 0.7 };
  const parts = { count: 2, color: null, subject: 'dog', background: 'city' } as const;
  const { alignment, fidelity } = qualitiesOf({ count: 2, color: 'red', subject: 'cat' }, { parts, confidence });
  assert.equal(alignment, 1.5 / 3);
  assert.ok(Math.abs(fidelity - (0.9 + 1 + 0.7) / 4) < 1e-12);
  const raters = makePairRaters(9, 0);
  const answers = (left: number, right: number) =>
    raters.flatMap((rater) =>
      Array.from({ length: 40 }, (_, i) => answerPair(rater, `p${i}`, 'alignment', { left, right }).answer),
    );
  const share = (all: readonly string[], answer: string) => all.filter((each) => each === answer).length / all.length;
  assert.ok(share(answers(1, 0), 'left') > 0.95);
  assert.ok(share(answers(0.4, 0.75), 'right') > 0.75);
  assert.ok(share(answers(0.5, 0.5), 'tie') > 0.4);
});

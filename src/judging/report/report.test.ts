import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readItems } from '../../method/exchange/items.ts';
import { insertPrompts } from '../../project/images/prompts.ts';
import { createProject } from '../../project/project.ts';
import { putRater } from '../../project/rating/raters.ts';
import { recordStudyAnswers } from '../../project/studies/study-answers.ts';
import { nextStudyPairs } from '../../project/studies/study-presentations.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { addReward, makeEvaluationProject, makeSession } from '../evaluation/testing.ts';
import { simulateStudy } from '../verdict/simulate.ts';
import { makeStudyProject } from '../verdict/testing.ts';
import type { ReportData } from './data.ts';
import { renderPage } from './page.ts';
import { renderWithPictures } from './pictures.ts';
import { writeReport } from './report.ts';

async function report(t: TestContext) {
  const { project, judgeDir } = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => project.close());
  await addReward(project);
  await evaluate(makeSession(project), { models: ['tuned'], judgeDir });
  const result = await writeReport(makeSession(project));
  return { project, result, page: readFileSync(result.html, 'utf8') };
}

test('the report is one file that stands alone, tells every figure, and can be read without eyes', async (t) => {
  const { project, result, page } = await report(t);
  assert.deepEqual(result.missing, ['tuning']);
  assert.match(page, /<code>collimate tune<\/code> runs it/);
  const saved = JSON.parse(readFileSync(result.json, 'utf8')) as ReportData;
  assert.deepEqual(saved, JSON.parse(JSON.stringify(result.data)));
  assert.equal(saved.feedback!.rated, 8);
  assert.equal(saved.feedback!.agreement!.alpha, 1);
  assert.equal(
    saved.reward!.groups.some(({ set }) => set.includes('against the judge')),
    true,
  );
  const base = saved.evaluation!.contestants[0]!.groups[0]!.good.estimate;
  assert.ok(page.includes(`${(100 * base).toFixed(1)}\u202f%`));

  const outside = [...page.matchAll(/(?:src|href)="(?!data:|#)[^"]*|@import|url\(|<script/g)].map(([found]) => found);
  assert.deepEqual(outside, []);
  const images = page.match(/<img [^>]*>/g)!;
  // 8 rated, then 4 unseen prompts by 3 contestants.
  assert.equal(images.length >= 8 + 12, true);
  assert.deepEqual(
    images.filter((image) => !/alt="[^"]{10,}"/.test(image)),
    [],
  );
  assert.deepEqual(
    page.match(/<th[^e][^>]*>/g)!.filter((head) => !head.includes('scope=')),
    [],
  );
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), `#${id} leads nowhere`);
  assert.equal(page.match(/<h1/g)!.length, 1);

  const again = await renderWithPictures(project.images, (picture) => renderPage(result.data, picture));
  assert.equal(again, page);
});

test('people are under the pseudonyms of the exports in report and votes, and simulated raters under their names', async (t) => {
  const { project, session, study } = await makeStudyProject(t);
  const { db } = project;
  await addReward(project);
  await putRater(db, { id: 'ann', name: 'Ann Droste', kind: 'human', settings: {} });
  await putRater(db, { id: 'bob', name: 'robot 2', kind: 'simulated', settings: {} });
  await db.updateTable('raters').set({ kind: 'simulated' }).where('id', '=', 'bob').execute();
  const [pair] = await nextStudyPairs(db, { study: study.id, raterId: 'ann', count: 1 });
  const answers = (['alignment', 'fidelity'] as const).map((question) => ({
    pairId: pair!.pairId,
    question,
    answer: 'left' as const,
    milliseconds: 900,
    clientId: `client-${question}`,
  }));
  await recordStudyAnswers(db, { study: study.id, raterId: 'ann', answers });
  const { html, json } = await writeReport(session);
  const pseudonym = (await readItems(project)).flatMap(({ ratings }) => ratings.map(({ rater }) => rater));
  const files = [html, json, ...['csv', 'json'].map((type) => join(project.dir, `studies/human/votes.${type}`))];
  const [page, data, csv, votes] = files.map((path) => readFileSync(path, 'utf8'));
  const own = (JSON.parse(data!) as ReportData).feedback!.raters.map(({ name }) => name);
  assert.ok(own.includes('robot 2'));
  const ann = own.find((name) => name !== 'robot 2')!;
  assert.ok(pseudonym.includes(ann), 'the pseudonym is that of the exports');
  for (const text of [page!, data!, csv!, votes!]) {
    assert.ok(text.includes(ann));
    assert.doesNotMatch(text, /Ann Droste|"ann"|>ann<|,ann,/);
  }
});

test('where nothing was judged, before and after are the pairs that raters compared', async (t) => {
  const { session, judgeDir, study } = await makeStudyProject(t);
  const before = await writeReport(session);
  assert.match(readFileSync(before.html, 'utf8'), /Nobody has answered yet: human\./);
  await simulateStudy(session, study, { judge: judgeDir });
  const { data, html } = await writeReport(session);
  const [found] = data.verdicts;
  assert.equal(found!.pairs.length, 4, 'one unseen prompt of each category');
  for (const { split, images, votes } of found!.pairs) {
    assert.equal(split, 'unseen');
    assert.deepEqual(
      images.map(({ name }) => name),
      ['tuned', 'base'],
    );
    for (const { counts } of votes) assert.equal(counts[0] + counts[1] + counts[2], 3);
  }
  const page = readFileSync(html, 'utf8');
  const grid = page.slice(page.indexOf('id="before-after"'), page.indexOf('id="asked"'));
  assert.equal(grid.match(/<img [^>]*alt="Image of (tuned|base) for [^"]*votes: alignment \d/g)?.length, 8);
  assert.ok(grid.includes('The raters are simulated.'));
});

test('a project at its start has a report that names the commands', async (t) => {
  const project = await createProject(`${makeTemporaryDir(t)}/<new> & "empty"`);
  t.after(() => project.close());
  await insertPrompts(project.db, [
    { text: 'a dog', category: 'count', slots: { count: 1, subject: 'dog' }, split: 'seen' },
  ]);
  const result = await writeReport(makeSession(project));
  assert.deepEqual(result.missing, ['feedback', 'reward', 'tuning', 'evaluation']);
  const page = readFileSync(result.html, 'utf8');
  for (const command of ['label --simulate', 'reward train', 'tune', 'evaluate'])
    assert.ok(page.includes(`<code>collimate ${command}</code> runs it`), command);
  assert.ok(page.includes('<h1>&lt;new&gt; &amp; &quot;empty&quot;</h1>'));
  assert.match(page, /no image has been rated yet/);
});

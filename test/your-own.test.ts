// The walk-through of docs/your-own.md: a model, prompts, pictures and answers of one's own, from the first command to the
// verdict of people and a second round. What the commands say is held to that: nothing of the embedded world, nothing left out
// without a word.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../src/cli/testing.ts';
import { openProject } from '../src/project/project.ts';
import { putRater } from '../src/project/rating/raters.ts';
import { findStudy } from '../src/project/studies/studies.ts';
import { recordStudyAnswers } from '../src/project/studies/study-answers.ts';
import { nextStudyPairs } from '../src/project/studies/study-presentations.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';
import { OWN_PROMPTS, writeOwnData } from './own-data.ts';
import { writeOwnModel } from './own-model.ts';

const DRAWING = ['--num-inference-steps', '2', '--guidance-scale', '1'];
/** Words of the embedded world, which nobody with a world of their own should read. */
const WORLD_WORDS = /\b(dogs?|cats?|birds?|fish|rabbits?|turtles?|animals?|renders?|scenes?|defect)\b/i;

/** Runs one command line and returns all that it said. */
type Collimate = (...args: string[]) => Promise<string>;

test('a model, prompts, pictures and answers of one’s own go the whole way', async (t) => {
  const dir = makeTemporaryDir(t);
  writeOwnModel(dir);
  await writeOwnData(dir);
  let cwd = dir;
  const said: string[] = [];
  const run: Collimate = async (...args) => {
    const { status, stdout, stderr } = await runCommand(args, { cwd });
    assert.equal(status, 0, `collimate ${args.join(' ')}\n${stderr}${stdout}`);
    said.push(stdout, stderr);
    return stdout + stderr;
  };

  await run('init', 'shop', '--grammar', 'none', '--model', 'sd', '--clip', 'clip', '--world', 'none');
  cwd = join(dir, 'shop');

  const prompts = await run('prompts', 'import', '../prompts.txt', '--unseen-share', '0.25');
  assert.match(prompts, /Stored 40 prompts\./);
  assert.match(prompts, /To learn from: 30\. To choose settings by: 0\. Kept for evaluation: 10\./);
  const imported = await run('import', 'imagefolder', '../pictures');
  assert.match(imported, /24 images/);
  assert.match(imported, /shelf/, 'the column that means nothing here is named');
  assert.match(await run('import', 'csv', '../labels.csv'), /24 answers/);

  const drawn = await run('generate', '--images-per-prompt', '1', ...DRAWING);
  assert.match(drawn, /30 images are stored/);
  assert.match(drawn, /Next: collimate studio/);
  await answerByFile(run, dir);

  const reward = await run('reward', 'train', '--max-train-steps', '30');
  assert.match(reward, /Prompt classification: \d+ of 30 prompts have edits \(\d+ by words in them\)/);
  assert.match(reward, /→/, 'edits are shown');

  const tuned = await run(
    'tune',
    '--max-train-steps',
    '2',
    '--train-batch-size',
    '4',
    '--pretrain-data',
    '../pictures',
    '--samples-every',
    '0',
  );
  assert.match(tuned, /models\/tuned/);

  const evaluated = await run(
    'evaluate',
    '--images-per-prompt',
    '1',
    '--prompts-per-category',
    '4',
    '--reference',
    '../pictures',
    ...DRAWING,
  );
  assert.match(evaluated, /No judge knows these pictures: 40 of 40 prompts/);
  assert.match(evaluated, /CLIP score/);
  assert.match(evaluated, /4 unseen/);
  assert.match(evaluated, /Fréchet, CLIP embeddings/);

  const study = ['--compare', 'tuned:base', '--raters-per-pair', '3', '--prompts-per-category', '4'];
  assert.match(await run('evaluate', 'human', ...study, ...DRAWING), /8 pairs of tuned, base/);
  await answerStudy(cwd);
  const verdict = await run('evaluate', 'verdict');
  assert.match(verdict, /unseen/);

  await run('report');
  const report = readFileSync(join(cwd, 'report.html'), 'utf8');
  assert.match(report, /No judge knows these pictures/);
  assert.match(await run('status'), /models\/|model .*\.\.\/sd/);

  const round = await run('round', '--images-per-prompt', '1', ...DRAWING);
  assert.match(round, /Round 2: models\/round-2 draws now/);
  assert.match(round, /\d+ answers of earlier rounds stay/);
  assert.match(await run('reward', 'train', '--max-train-steps', '30'), /taught by|already/i);

  const foreign = said
    .join('\n')
    .split('\n')
    .filter((line) => WORLD_WORDS.test(line));
  assert.deepEqual(foreign, []);
});

/** Three raters answer for each drawn picture, by the identifiers that an export names. */
async function answerByFile(run: Collimate, dir: string): Promise<void> {
  await run('export', 'imagefolder', '../drawn');
  const rows = readFileSync(join(dir, 'drawn', 'train', 'metadata.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { image_id: string; sampler: string; text: string });
  const own = rows.filter(({ sampler }) => sampler !== 'none');
  assert.equal(own.length, 30);
  assert.ok(own.every(({ text }) => OWN_PROMPTS.includes(text)));
  const lines = own.flatMap(({ image_id }, i) =>
    ['ann', 'bob', 'cleo'].map((rater) => `${rater},${i % 3 === 0 ? 'good' : 'bad'},${image_id}`),
  );
  writeFileSync(join(dir, 'answers.csv'), `rater,answer,image_id\n${lines.join('\n')}\n`);
  assert.match(await run('import', 'csv', '../answers.csv'), /90 answers/);
}

/** Three people answer the study, as the studio hands pairs out and takes answers in. */
async function answerStudy(cwd: string): Promise<void> {
  const project = await openProject(cwd);
  try {
    const { id } = (await findStudy(project.db, 'human'))!;
    for (const rater of ['ann', 'bob', 'cleo']) {
      await putRater(project.db, { id: `study-${rater}`, name: rater, kind: 'human', settings: {} });
      const pairs = await nextStudyPairs(project.db, { study: id, raterId: `study-${rater}`, count: 20 });
      assert.equal(pairs.length, 8);
      const answers = pairs.flatMap(({ pairId, questions }, i) =>
        questions.map((question) => ({
          pairId,
          question,
          clientId: `${rater}/${pairId}/${question}`,
          answer: i % 3 === 0 ? ('tie' as const) : ('left' as const),
          milliseconds: 1500,
        })),
      );
      await recordStudyAnswers(project.db, { study: id, raterId: `study-${rater}`, answers });
    }
  } finally {
    await project.close();
  }
}

// The report in a real browser: nothing that axe objects to in either color scheme, nothing wider than a phone, and a print
// that holds every section.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium } from 'playwright-core';
import { evaluate } from '../src/judging/evaluation/evaluate.ts';
import { addReward, makeEvaluationProject, makeSession } from '../src/judging/evaluation/testing.ts';
import { findExperiment } from '../src/judging/experiments/catalogue.ts';
import { renderExperiment } from '../src/judging/experiments/page.ts';
import type { ExperimentResult } from '../src/judging/experiments/run.ts';
import { runGeneval } from '../src/judging/measures/geneval-run.ts';
import { measureModels } from '../src/judging/measures/measure.ts';
import { writeBlockDetector } from '../src/judging/measures/testing.ts';
import { writeReport } from '../src/judging/report/report.ts';
import { makeHumanStudy } from '../src/judging/verdict/make-study.ts';
import { simulateStudy } from '../src/judging/verdict/simulate.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';
import { writeFileAtomic } from '../src/util/files.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}; CHROMIUM_PATH names another`;
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The report of a project on which everything but tuning has run. */
async function writeFullReport(t: TestContext): Promise<string> {
  const dir = makeTemporaryDir(t);
  const { project, judgeDir } = await makeEvaluationProject(dir);
  t.after(() => project.close());
  const session = makeSession(project);
  await addReward(project);
  await evaluate(session, { models: ['tuned'], judgeDir });
  const study = await makeHumanStudy(session, { comparisons: [{ a: 'tuned', b: 'base' }], ratersPerPair: 3 });
  await simulateStudy(session, study, { judge: judgeDir });
  await measureModels(session, { judge: judgeDir });
  const metadata = join(dir, 'geneval.jsonl');
  writeFileAtomic(metadata, '{"tag": "counting", "include": [{"class": "dog", "count": 1}], "prompt": "a dog"}\n');
  await runGeneval(session, { models: ['tuned'], metadata, detector: writeBlockDetector(dir), imagesPerPrompt: 1 });
  return (await writeReport(session)).html;
}

async function openBrowser(t: TestContext): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  t.after(() => browser.close());
  return browser;
}

/** What axe, the console or a request to somewhere else says against a page, in either color scheme. */
async function findProblems(browser: Browser, url: string): Promise<string[]> {
  const all: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(url);
    await page.evaluate(`document.querySelectorAll('details').forEach((details) => { details.open = true; })`);
    await page.evaluate(AXE);
    const results = (await page.evaluate('axe.run()')) as AxeResults;
    const found = results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 120)}`);
    all.push(...[...found, ...problems].map((problem) => `${colorScheme}: ${problem}`));
    await context.close();
  }
  return all;
}

test('the page of an experiment passes axe, fills its window and fits a phone', { skip }, async (t) => {
  const results = new URL('../docs/results/rater-noise/results.json', import.meta.url);
  const path = join(makeTemporaryDir(t), 'index.html');
  const result = JSON.parse(readFileSync(results, 'utf8')) as ExperimentResult;
  writeFileAtomic(path, renderExperiment(findExperiment('rater-noise'), result));
  const browser = await openBrowser(t);
  const url = pathToFileURL(path).href;
  assert.deepEqual(await findProblems(browser, url), []);
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(url);
  assert.ok((await page.locator('main table').last().boundingBox())!.width > 900);
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
});

test('the report passes axe in both color schemes, fits a phone, and prints whole', { skip }, async (t) => {
  const url = pathToFileURL(await writeFullReport(t)).href;
  const browser = await openBrowser(t);
  assert.deepEqual(await findProblems(browser, url), []);
  const phone = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const page = await phone.newPage();
  await page.goto(url);
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
  assert.match(await page.locator('#verdict [role=note]').innerText(), /^SIMULATED RATERS/);
  for (const id of [
    'before-after',
    'feedback',
    'reward',
    'verdict',
    'evaluation',
    'measures',
    'trade-off',
    'cost',
    'repeat',
  ])
    assert.equal(await page.locator(`#${id}`).count(), await page.locator(`section h2#${id}-h`).count(), id);
  const isSeen = (id: string) =>
    page.evaluate(`document.querySelector('#${id} table').checkVisibility({ contentVisibilityAuto: true })`);
  assert.equal(await isSeen('reward'), false, 'what is no summary is folded');
  await page.goto(`${url}#reward`);
  assert.equal(await isSeen('reward'), true, 'a link unfolds it');
  await page.goto(url);
  const printed = await page.pdf({ format: 'A4', printBackground: true });
  assert.ok(printed.length > 20_000);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 680, height: 960 });
  assert.equal(await isSeen('reward'), true, 'paper has all of it');
  // On paper nothing can be scrolled, so no table may be cut off.
  const cut = await page.evaluate(
    `[...document.querySelectorAll('main table, main svg.chart')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map((element) => element.querySelector('caption, title')?.textContent ?? '')`,
  );
  assert.deepEqual(cut, []);
});

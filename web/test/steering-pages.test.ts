// The steering pages where something is missing, at work, or open before them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Request } from 'playwright-core';
import { collectVerdict, requireStudy } from '../../src/judging/verdict/collect.ts';
import { describeVerdict } from '../../src/judging/verdict/describe.ts';
import { sayVerdict } from '../../src/judging/verdict/sentence.ts';
import { listPrompts } from '../../src/project/images/prompts.ts';
import { openProject } from '../../src/project/project.ts';
import { noChromium } from './chromium.ts';
import { makeStudioProject } from './project.ts';
import { serve } from './served.ts';

test('steering pages', { skip: noChromium }, async (t) => {
  const served = await serve(t, makeStudioProject);
  const { page, url } = served;

  await t.test('a page whose part cannot be loaded says so, and comes by itself when the network is back', async () => {
    await page.goto(`${url}/overview`);
    await page.getByText('Stages').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Images', exact: true }).click();
    await page.getByRole('heading', { name: 'The studio does not answer.' }).waitFor();
    assert.equal(await page.getByText(/defect|`/).count(), 0, 'no defect, and no raw marks');
    await page.context().setOffline(false);
    await page.locator('.gallery-tile').first().waitFor();
  });

  await t.test('after a restart of the studio one retry is enough', async () => {
    await page.goto(`${url}/overview`);
    await page.getByText('Stages').waitFor();
    await served.kill();
    await page.getByRole('link', { name: 'Raters' }).click();
    const retry = page.getByRole('button', { name: 'Try again' });
    await retry.click();
    await served.start();
    await retry.click();
    await page.getByRole('heading', { name: 'Each rater' }).waitFor();
  });

  await t.test('files that an upgrade replaced are found by loading the page again', async () => {
    let old = true;
    await page.route(/assets\/prompts-.*\.js/, (route) => (old ? route.fulfill({ status: 404 }) : route.continue()));
    await page.goto(`${url}/overview`);
    await page.getByText('Stages').waitFor();
    const onRequest = (request: Request) => {
      if (request.isNavigationRequest()) old = false;
    };
    page.on('request', onRequest);
    await page.getByRole('link', { name: 'Prompts' }).click();
    await page.getByRole('heading', { name: 'Stored prompts' }).waitFor();
    assert.ok(!old, 'the page was loaded again');
    page.off('request', onRequest);
    old = true;
    await page.goto(`${url}/overview`);
    await page.getByText('Stages').waitFor();
    await page.getByRole('link', { name: 'Prompts' }).click();
    await page.getByRole('heading', { name: 'A part of this page is missing.' }).waitFor();
    await page.unroute(/assets\/prompts-.*\.js/);
    await page.getByRole('button', { name: 'Load the page again' }).click();
    await page.getByRole('heading', { name: 'Stored prompts' }).waitFor();
  });

  await t.test('the drawer goes from image to image, and gives the focus back to the tile', async () => {
    await page.goto(`${url}/images`);
    const tiles = page.locator('.gallery-tile');
    await tiles.first().focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What it taught').waitFor();
    const ids = await tiles.evaluateAll((all) => all.slice(0, 3).map((tile) => tile.getAttribute('data-image')));
    const opened = () => new URL(page.url()).searchParams.get('image');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-image'));
    assert.equal(opened(), ids[0]);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(new RegExp(`image=${ids[1]}`));
    await dialog.getByRole('button', { name: 'Next image' }).click();
    await page.waitForURL(new RegExp(`image=${ids[2]}`));
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(new RegExp(`image=${ids[1]}`));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await focused(), ids[1]);
  });

  await t.test('the reward page tells first of images that were not learned from, and says which', async () => {
    await page.goto(`${url}/reward`);
    const tile = page.locator('.tile', { hasText: 'Accuracy' }).first();
    await tile.waitFor();
    assert.match(await tile.innerText(), /unseen prompts, against the judge, \d+ images?$/);
    assert.match(await page.locator('tbody tr').first().innerText(), /^unseen prompts/);
  });

  await t.test('overview and rating page count alike', async () => {
    await page.goto(`${url}/overview`);
    const answers = page.locator('.steps li', { hasText: 'Answers' });
    await answers.waitFor();
    const [, done, wanted] = /([\d,]+) \/ ([\d,]+)/.exec(await answers.innerText())!;
    await page.goto(`${url}/rate`);
    await page.locator('.rate-progress').getByText(`${done} of ${wanted}`).waitFor();
  });

  await t.test('on a phone the link of the page is in sight', async () => {
    const phone = await served.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await phone.goto(`${url}/evaluation`);
    const link = phone.getByRole('link', { name: 'Evaluation' });
    await link.waitFor();
    const { x, width } = (await link.boundingBox())!;
    assert.ok(x >= 0 && x + width <= 390, `from ${x}, ${width} wide`);
    await phone.context().close();
  });

  await t.test('Label Studio’s labelling configuration is had from its row', async () => {
    await page.goto(`${url}/settings?tab=exchange`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Labelling configuration' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'collimate-label-studio.config.xml');
    assert.match(readFileSync(await download.path(), 'utf8'), /<Choice value="Good"/);
  });

  await t.test('the tuning page moves while tuning is at work', async () => {
    await page.goto(`${url}/tuning`);
    await page.getByRole('button', { name: 'Tune the model' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Options for this run').click();
    for (const [key, value] of [
      ['maxTrainSteps', '100000'],
      ['checkpointingSteps', '50'],
      ['samplesEvery', '50'],
    ] as const)
      await dialog.getByLabel(key, { exact: true }).fill(value);
    // The tuned model of this project is no run's.
    await dialog.getByLabel('Replace a finished model that other settings made').check();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/Running, .*first checkpoint at step 50/).waitFor();
    await page.getByText(/Running, .*next checkpoint at step 1\d\d/).waitFor();
    const steps = async () => Number(/step (\d+)/.exec(await page.locator('.run-state').innerText())![1]);
    const before = await steps();
    await page.waitForFunction(
      (than) => Number(/step (\d+)/.exec(document.querySelector('.run-state')!.textContent!)![1]) > than,
      before,
    );
    const slider = page.getByLabel('Checkpoint');
    await slider.waitFor();
    assert.ok(Number(await slider.getAttribute('max')) >= 1, 'samples of the run at work');
    const strip = page.getByRole('region', { name: 'At work now' });
    await strip.getByRole('button', { name: 'Cancel' }).click();
    await strip.waitFor({ state: 'detached' });
    await page.getByText(/Running, /).waitFor({ state: 'detached' });
  });

  await t.test('a comparison has the verdict of the command line', async () => {
    await page.goto(`${url}/evaluation`);
    await page.getByRole('button', { name: 'New comparison' }).click();
    await page.getByRole('button', { name: 'Open the comparison' }).click();
    const study = page.getByRole('region', { name: 'tuned-against-base' });
    await study.waitFor();
    await page.goto(`${url}/rate?kind=pair`);
    for (let i = 0; i < 8; i++) {
      await page.getByText(i % 2 === 0 ? 'follows the prompt better?' : 'looks better').waitFor();
      await page.keyboard.press('1');
    }
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.goto(`${url}/evaluation`);
    const said = await study.locator('b').nth(1).innerText();
    const project = await openProject(served.projectDir);
    const verdict = await collectVerdict(project, await requireStudy(project));
    await project.close();
    assert.equal(said, sayVerdict(verdict));
    assert.match(said, /no clear difference .*Not finished: 0 of 8 pairs have 3 raters\. Only 1 rater answered/);
    assert.ok(describeVerdict(verdict).includes(said));
    assert.match(await study.innerText(), /won · .* lost\s+[−+]?\d+\.\d points, p [=<] /);
  });

  await t.test('words of one’s own make the prompts, are kept, and what is wrong with them is said', async () => {
    await page.goto(`${url}/prompts`);
    const field = (label: string) => page.getByLabel(label, { exact: true });
    await field('Words').selectOption('own');
    await field('Subjects').fill('teapot\nshelf: shelves\nlantern');
    await field('Colors').fill('red\nteal');
    await field('Places').fill('table: on a wooden table\nwindow: beside a window');
    await page.getByRole('button', { name: 'Add a slot' }).click();
    await field('Further slot').fill('material');
    await field('Words of material').fill('glass\nbrass');
    await field('Templates').fill('material: {a} {material} {subjec}');
    await page
      .getByText(/subjec/)
      .last()
      .waitFor();
    const store = page.getByRole('button', { name: 'Store these prompts' });
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('form button[type=submit]')!.disabled);
    await field('Templates').fill('count: {count} {subject} {background}\nmaterial: {a} {material} {subject}');
    await field('Held-out subjects').fill('lantern');
    const preview = page.getByRole('table', { name: 'What the grammar would make' });
    await preview
      .getByText(/a (glass|brass) (teapot|shelf)/)
      .first()
      .waitFor();
    await preview
      .getByText(/(two|three|four) (teapots|shelves) (on a wooden table|beside a window)/)
      .first()
      .waitFor();
    await store.click();
    await page.getByText(/prompts? added, \d+ in all\./).waitFor();

    const written = readFileSync(join(served.projectDir, 'collimate.yaml'), 'utf8');
    for (const part of [/shelf: "?shelves/, /material:\s+- "?glass"?\s+- "?brass/, /lantern/])
      assert.match(written, part);
    const project = await openProject(served.projectDir);
    const stored = (await listPrompts(project.db)).map(({ text, split }) => ({ text, split }));
    await project.close();
    const own = stored.filter(({ text }) => /teapot|shel|lantern/.test(text));
    assert.ok(own.some(({ split }) => split === 'seen'));
    assert.ok(
      own.every(({ text, split }) => !text.includes('lantern') || split === 'unseen'),
      'what is held out is',
    );

    await page.reload();
    assert.equal(await field('Subjects').inputValue(), 'teapot\nshelf: shelves\nlantern');
    assert.equal(await field('Words of material').inputValue(), 'glass\nbrass');
    assert.match(await field('Templates').inputValue(), /material: \{a\} \{material\} \{subject\}/);
    await page
      .locator('.table, table')
      .getByText(/(glass|brass) (teapot|shelf)/)
      .first()
      .waitFor();

    // A grammar with a name is chosen by it: taken for words of one's own it would make other prompts.
    await field('Words').selectOption('embedded-2');
    await store.click();
    await page.getByText('5 counts, 9 colors').waitFor();
    await page.reload();
    assert.equal(await field('Words').inputValue(), 'embedded-2');
    await page.getByText(/^0 new prompts of/).waitFor();
  });

  await t.test('no table is cut at its side on a desktop, and rows of bars end alike', async () => {
    for (const [path, ready] of [
      ['raters', 'How much more to rate'],
      ['reward', 'Where it is most wrong'],
      ['evaluation', 'Before and after'],
    ]) {
      await page.goto(`${url}/${path}`);
      await page.getByText(ready!).waitFor();
      const cut = await page
        .locator('.scroll')
        .evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.ariaLabel));
      assert.deepEqual(cut, [], path);
    }
    const ends = await page
      .locator('.shares')
      .evaluateAll((cards) =>
        cards.map((card) => [
          ...new Set([...card.querySelectorAll('.stack')].map((bar) => Math.round(bar.getBoundingClientRect().right))),
        ]),
      );
    assert.ok(ends.length > 0 && ends.every((card) => card.length === 1), ends.join(' | '));
  });

  await t.test('an address that is no page’s says so, and leads to the first page', async () => {
    await page.goto(`${url}/nowhere/at/all`);
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
    await page.getByRole('link', { name: 'To the first page' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });
});

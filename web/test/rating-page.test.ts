// The rating page where room is short, where one looks closely, and what it counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { listPrompts } from '../../src/project/images/prompts.ts';
import { openProject } from '../../src/project/project.ts';
import { findViolations, noChromium } from './chromium.ts';
import { readGuidelines, waitUntilSaved } from './people.ts';
import { makeRatingProject } from './rating-project.ts';
import { type Served, serve } from './served.ts';

const WINDOWS = [
  ['a desktop', { width: 1440, height: 900 }],
  ['a low window', { width: 1280, height: 600 }],
  ['a phone', { width: 390, height: 664 }],
  ['a phone on its side', { width: 844, height: 390 }],
  ['a small phone on its side', { width: 667, height: 375 }],
] as const;
const KINDS = [
  ['', '.shown img', 'Good'],
  ['?kind=sheet', '.sheet-of img', 'Good'],
  ['?kind=pair', '.shown img', 'Left'],
] as const;

/** Asserts that answers and pictures are on screen, and that nothing is beside or below it. */
async function assertInSight(
  page: Page,
  { width, height }: { width: number; height: number },
  what: string,
  picture: string,
  least: number,
  count = what.includes('pair') ? 4 : 3,
) {
  const buttons = await page
    .locator('.answers .main-row button')
    .evaluateAll((all) => all.map((b) => b.getBoundingClientRect().toJSON() as DOMRect));
  assert.equal(buttons.length, count);
  for (const { left, right, top, bottom } of buttons)
    assert.ok(
      left >= 0 && right <= width && top >= 0 && bottom <= height,
      `${what}: a button ends at ${right}, ${bottom}`,
    );
  const shown = (await page.locator(picture).first().boundingBox())!;
  assert.ok(Math.min(shown.width, shown.height) >= least, `${what}: the picture has ${shown.width} × ${shown.height}`);
  assert.ok(shown.y >= 0 && shown.y + shown.height <= height, `${what}: the picture ends at ${shown.y + shown.height}`);
  // A phone's browser makes its window as wide as the page needs: the screen is what counts.
  const reach = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [scrollWidth, scrollHeight];
  });
  assert.deepEqual(reach, [width, height], `${what}: nothing beyond the window`);
}

/** Asserts that the buttons which end a dialog can be pressed without scrolling; those of a section in it scroll with it. */
async function assertDialogInSight(page: Page, { width, height }: { width: number; height: number }, what: string) {
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  const places = await dialog.locator('.head button, .row:last-child:not(section .row) > button').evaluateAll((all) =>
    all.map((button) => {
      const { left, right, top, bottom } = button.getBoundingClientRect();
      const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return { left, right, top, bottom, name: button.textContent, isOnTop: button.contains(seen) };
    }),
  );
  assert.ok(places.length > 0, what);
  for (const { left, right, top, bottom, name, isOnTop } of places)
    assert.ok(
      left >= 0 && top >= 0 && right <= width && bottom <= height && isOnTop,
      `${what}: ${name} is at ${left}–${right}, ${top}–${bottom}, ${isOnTop ? 'on top' : 'covered'}`,
    );
}

/** One page of each kind of screen, which changes its size as a window does: to load it takes longer than to look at it. */
async function tryWindows(served: Served, least: number): Promise<void> {
  for (const isPhone of [false, true]) {
    const windows = WINDOWS.filter(([name]) => name.includes('phone') === isPhone);
    const page = await served.open({ viewport: windows[0]![1], hasTouch: isPhone, isMobile: isPhone });
    await page.goto(`${served.url}/rate`);
    await readGuidelines(page);
    for (const [query, picture, answer] of KINDS) {
      await page.goto(`${served.url}/rate${query}`);
      for (const [name, viewport] of windows) {
        await page.setViewportSize(viewport);
        await page.getByRole('button', { name: answer, exact: true }).waitFor();
        await page.waitForFunction((css) => document.querySelector<HTMLImageElement>(css)?.naturalWidth, picture);
        await assertInSight(page, viewport, `${name}, ${query || 'images'}`, picture, least);
      }
    }
    await page.context().close();
  }
}

test('scales and the best of a sheet, by keys and by touch', { skip: noChromium }, async (t) => {
  const served = await serve(t, (dir) => makeRatingProject(dir, 60));
  const { page, url } = served;
  const status = await page.evaluate(async () => {
    const body = JSON.stringify({ changes: { 'studio.scale': 'all', 'studio.bestOfSheet': true } });
    const init = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body };
    return (await fetch('/api/settings', init)).status;
  });
  assert.equal(status, 200);
  const phone = await served.open({ viewport: { width: 390, height: 664 }, hasTouch: true, isMobile: true });
  await phone.goto(`${url}/rate`);
  await readGuidelines(phone);
  const last = phone.locator('.last');

  await phone.getByRole('group', { name: 'Looks good' }).getByRole('button', { name: '2' }).tap();
  await phone.keyboard.press('4');
  assert.equal(await phone.locator('.step[aria-pressed=true]').count(), 2);
  await phone.keyboard.press('Backspace');
  assert.equal(await phone.locator('.step[aria-pressed=true]').count(), 1, 'the later row is taken back first');
  assert.deepEqual(await findViolations(phone), []);
  for (const key of ['4', '5', '3']) await phone.keyboard.press(key);
  await last.getByText('good').waitFor();
  for (const key of ['3', '3', '3']) await phone.keyboard.press(key);
  await last.getByText('3 of 5').waitFor();
  // The third step was of the next picture already.
  await phone.keyboard.press('Backspace');
  // Words that are not shown, asked for beforehand, come after a low step; left out, the answer goes without them.
  for (const key of ['w', '1', '3', '3']) await phone.keyboard.press(key);
  await phone.locator('.why-panel .word').first().tap();
  assert.deepEqual(await findViolations(phone), []);
  const stored = phone.waitForRequest((request) => request.url().endsWith('/api/rating/answers'));
  await phone.keyboard.press('Enter');
  const { answers } = (await stored).postDataJSON() as {
    answers: [{ answer: string; scales: unknown; words: string[] }];
  };
  assert.deepEqual(
    [answers[0].answer, answers[0].scales, answers[0].words.length],
    ['bad', { alignment: 1, fidelity: 3, artefacts: 3 }, 1],
  );
  for (const key of ['w', '2', '3', '3']) await phone.keyboard.press(key);
  await phone.locator('.why-panel').waitFor();
  await phone.keyboard.press('Escape');
  await phone.locator('.why-panel').waitFor({ state: 'detached' });
  assert.equal(await phone.locator('.step[aria-pressed=true]').count(), 0, 'the next picture is asked about');
  await waitUntilSaved(phone);

  await phone.getByRole('link', { name: 'Best' }).tap();
  await phone.locator('.pick').nth(1).waitFor();
  await assertInSight(phone, { width: 390, height: 664 }, 'a phone, the best', '.pick img', 96, 0);
  assert.deepEqual(await findViolations(phone), []);
  const first = await phone.locator('h1').innerText();
  await phone.keyboard.press('2');
  await last.getByText('picture 2').waitFor();
  await phone.keyboard.press('Backspace');
  await phone.getByRole('heading', { name: first }).waitFor();
  await phone.locator('.pick').first().tap();
  await last.getByText('picture 1').waitFor();
  await waitUntilSaved(phone);
});

test('the rating page of long prompts', { skip: noChromium }, async (t) => {
  const served = await serve(t, (dir) => makeRatingProject(dir, 900));
  const { page, url } = served;

  await t.test('answers and pictures are on screen, however long the prompt', () => tryWindows(served, 96));

  await t.test('what closes or sends a dialog is on screen, in any window', async () => {
    const tryDialog = async (what: string) => {
      await page.getByRole('dialog').waitFor();
      await page.getByRole('dialog').getByText('Loading…').waitFor({ state: 'hidden' });
      for (const [name, viewport] of WINDOWS) {
        await page.setViewportSize(viewport);
        await assertDialogInSight(page, viewport, `${what}, ${name}`);
      }
      assert.deepEqual(await findViolations(page), [], what);
      await page.setViewportSize(WINDOWS[0][1]);
    };
    await page.goto(`${url}/rate`);
    await page.getByRole('button', { name: 'I have read this: go on' }).waitFor();
    await tryDialog('guidelines');
    await readGuidelines(page);
    const dialogs: [path: string, opener: () => Promise<void>][] = [
      ['rate', () => page.getByRole('button', { name: /^Flag/ }).click()],
      ['rate', () => page.keyboard.press('?')],
      ['images', () => page.locator('.gallery-tile').first().click()],
      ['images', () => page.getByRole('button', { name: 'Add own images' }).click()],
      ['evaluation', () => page.getByRole('button', { name: 'New comparison' }).first().click()],
      ['images', () => page.getByRole('button', { name: 'Draw images' }).click()],
    ];
    for (const [path, open] of dialogs) {
      await page.goto(`${url}/${path}`);
      if (path === 'rate') await page.getByRole('button', { name: 'Good', exact: true }).waitFor();
      await open();
      const options = page.locator('dialog summary');
      if ((await options.count()) > 0) await options.click();
      await tryDialog(
        `${path}: ${await page.getByRole('dialog').getByRole('heading').first().innerText()}`.slice(0, 80),
      );
    }
  });

  await t.test('a long prompt can be read to its end, and arrows scroll it where it has the focus', async () => {
    await page.setViewportSize({ width: 844, height: 390 });
    await page.goto(`${url}/rate?kind=pair`);
    const asked = page.getByRole('region', { name: 'What is asked' });
    await asked.waitFor();
    const prompt = await asked.innerText();
    await asked.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.waitForFunction(() => {
      const { scrollTop, clientHeight, scrollHeight } = document.querySelector('.ask')!;
      return scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 1;
    });
    assert.equal(await asked.innerText(), prompt, 'nothing was answered');
    assert.deepEqual(await findViolations(page), []);
  });

  await t.test(
    'before there are answers, the planner of the raters’ page says what it needs and fails at nothing',
    async () => {
      const asked: string[] = [];
      page.on('response', (response) => response.status() >= 400 && asked.push(response.url()));
      await page.goto(`${url}/raters`);
      await page.getByText('A plan needs good and bad answers to reckon with.').waitFor();
      assert.equal(await page.getByRole('alert').count(), 0);
      assert.deepEqual(asked, []);
    },
  );
});

test('the rating page of short prompts', { skip: noChromium }, async (t) => {
  const served = await serve(t, (dir) => makeRatingProject(dir, 12));
  const { page, url } = served;

  await t.test('answers and pictures are on screen', () => tryWindows(served, 96));

  await t.test('enlarged four times the page goes down and not aside, and nothing stands on anything', async () => {
    const small = await served.open({ viewport: { width: 320, height: 256 } });
    await small.goto(`${url}/rate`);
    await readGuidelines(small);
    for (const [query, picture, answer] of KINDS) {
      await small.goto(`${url}/rate${query}`);
      const button = small.getByRole('button', { name: answer, exact: true });
      await button.waitFor();
      await small.waitForFunction((css) => document.querySelector<HTMLImageElement>(css)?.naturalWidth, picture);
      assert.equal(await small.evaluate(() => document.documentElement.scrollWidth), 320, query);
      const shown = (await small.locator(picture).first().boundingBox())!;
      assert.ok(shown.width >= 96, `${query}: ${shown.width}`);
      const [asked, answers] = (await Promise.all(
        ['.ask', '.answers'].map((css) => small.locator(css).boundingBox()),
      )) as [DOMRect, DOMRect];
      assert.ok(asked.y + asked.height <= shown.y && shown.y + shown.height <= answers.y, query);
    }
    await small.context().close();
  });

  await t.test('a prompt runs the way of its own words', async () => {
    const project = await openProject(served.projectDir);
    const { id, text } = (await listPrompts(project.db)).find((prompt) => prompt.text.startsWith('picture'))!;
    await project.db.updateTable('prompts').set({ text: 'שני כלבים ירוקים' }).where('id', '=', id).execute();
    await page.goto(`${url}/images?search=%D7%A9`);
    const direction = (css: string) =>
      page
        .locator(css)
        .first()
        .evaluate((element) => getComputedStyle(element).direction);
    assert.equal(await direction('.gallery-tile .text'), 'rtl');
    await page.locator('.gallery-tile').first().click();
    await page.getByRole('heading', { name: 'שני כלבים ירוקים' }).waitFor();
    assert.equal(await direction('dialog h1'), 'rtl');
    await project.db.updateTable('prompts').set({ text }).where('id', '=', id).execute();
    await project.close();
  });

  await t.test('zoom makes the pictures of a pair larger, and moves them together', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${url}/rate?kind=pair`);
    const shown = page.locator('.shown img').first();
    await shown.waitFor();
    const before = (await shown.boundingBox())!;
    await page.keyboard.press('z');
    const frames = page.locator('.zoom-frame img');
    await frames.nth(1).waitFor();
    const boxes = () => frames.evaluateAll((all) => all.map((img) => img.getBoundingClientRect().toJSON() as DOMRect));
    const frame = (await page.locator('.zoom-frame').first().boundingBox())!;
    assert.ok(
      Math.min(frame.width, frame.height) > before.width,
      `${frame.width} × ${frame.height} against ${before.width}`,
    );
    assert.ok(frame.y + frame.height <= 900, 'all of it is on screen');
    const size = page.getByRole('status', { name: 'Size' });

    await page.keyboard.press('+');
    await page.keyboard.press('+');
    assert.equal(await size.innerText(), '225 %');
    const [left, right] = await boxes();
    assert.ok(Math.abs(left!.width - 2.25 * frame.width) < 1);
    const other = (await page.locator('.zoom-frame').nth(1).boundingBox())!;
    assert.ok(Math.abs(right!.x - left!.x - (other.x - frame.x)) < 1, 'both show the same place');

    const at = { x: frame.x + frame.width / 4, y: frame.y + frame.height / 2 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 60, at.y + 20, { steps: 4 });
    await page.mouse.up();
    const [movedLeft, movedRight] = await boxes();
    for (const [old, moved] of [
      [left, movedLeft],
      [right, movedRight],
    ] as const)
      assert.deepEqual([Math.round(moved!.x - old!.x), Math.round(moved!.y - old!.y)], [60, 20], 'both moved alike');

    await page.mouse.wheel(0, -300);
    await page.waitForFunction(() => document.querySelector('.scale')!.textContent !== '225 %');
    const [wheeled] = await boxes();
    const placeOf = (box: DOMRect) => (at.x + 60 - box.x) / box.width;
    assert.ok(Math.abs(placeOf(wheeled!) - placeOf(movedLeft!)) < 0.01, 'what is under the pointer stays there');
    assert.deepEqual(await findViolations(page), []);

    await page.keyboard.press('0');
    assert.equal(await size.innerText(), '100 %');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await t.test('two fingers draw a picture apart', async () => {
    const phone = await served.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await phone.goto(`${url}/rate`);
    await readGuidelines(phone);
    await phone.locator('.shown .frame-of').tap();
    const frame = (await phone.locator('.zoom-frame').boundingBox())!;
    const middle = { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 };
    const client = await phone.context().newCDPSession(phone);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', span: number) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          type === 'touchEnd' ? [] : [-1, 1].map((side, id) => ({ x: middle.x + side * span, y: middle.y, id })),
      });
    await touch('touchStart', 40);
    for (const span of [60, 80, 100]) await touch('touchMove', span);
    await touch('touchEnd', 0);
    const size = Number.parseInt(await phone.locator('.scale').innerText(), 10);
    assert.ok(Math.abs(size - 250) <= 5, `${size} % of 250 %`);
    await phone.context().close();
  });

  await t.test('the bar counts pairs as they are answered, and the end of them is told', async () => {
    await page.goto(`${url}/rate?kind=pair`);
    const bar = page.locator('.rate-progress');
    await page.getByText('follows the prompt better?').waitFor();
    await bar.getByText('0 of 6').waitFor();
    await page.keyboard.press('1');
    await page.getByText('looks better').waitFor();
    assert.match(await bar.innerText(), /You 0 \(1 answer now\)/);
    await page.keyboard.press('2');
    await page.getByText('follows the prompt better?').waitFor();
    assert.match(await bar.innerText(), /You 1 \(2 answers now\)\s+1 of 6/);
    await page.keyboard.press('Backspace');
    assert.match(await bar.innerText(), /You 0 \(1 answer now\)\s+0 of 6/);
    await page.keyboard.press('t');
    await page.keyboard.press('w');
    await page.getByRole('group', { name: 'What does the worse picture not show?' }).waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('x');
    const sent = page.waitForRequest((request) => request.url().endsWith('/answers'));
    await page.keyboard.press('s');
    const { answers, words } = (await sent).postDataJSON();
    assert.deepEqual([answers, words.length], [{ alignment: 'bad', fidelity: 'skip' }, 1]);
    await page.keyboard.press('f');
    await page.getByRole('radio', { name: 'The right one' }).check();
    await page.getByRole('button', { name: 'Flag and go on' }).click();
    for (let i = 0; i < 6; i++) await page.keyboard.press('t');
    await page.getByText('You have compared every pair that is open to you.').waitFor();
    assert.match(await bar.innerText(), /You 6 \(10 answers now\)\s+6 of 6/);
  });

  await t.test(
    'a message that is there already is not said twice, and lines of the guidelines stay lines',
    async () => {
      await page.goto(`${url}/rate`);
      await readGuidelines(page);
      await page.getByRole('button', { name: 'Good', exact: true }).waitFor();
      for (let i = 0; i < 4; i++) await page.keyboard.press('Backspace');
      await page.getByText('There is nothing to undo.').waitFor();
      assert.equal(await page.locator('.toast').count(), 1);
      const top = async () => (await page.getByRole('button', { name: 'Good', exact: true }).boundingBox())!.y;
      const before = await top();
      await page.keyboard.press('1');
      await page.getByText('You answered “good”').waitFor();
      assert.equal(await top(), before, 'the buttons stay where they are');
      await page.keyboard.press('i');
      await page.locator('.markdown br').waitFor({ state: 'attached' });
      await page.keyboard.press('Escape');
    },
  );

  await t.test('beside a bad answer and a choice stand words that are not shown, by keys alone', async () => {
    const sent = (name: string) =>
      page.waitForRequest((request) => request.url().includes(name) && request.method() === 'POST');
    await page.goto(`${url}/rate`);
    await page.getByRole('button', { name: 'Good', exact: true }).waitFor();
    await page.keyboard.press('w');
    const why = page.getByRole('group', { name: 'What does the picture not show?' });
    await why.locator('.word').nth(1).waitFor();
    const [first, second] = await why.locator('.word').allInnerTexts();
    assert.ok(first && second);
    await page.keyboard.press('2');
    await page.keyboard.press('1');
    assert.deepEqual(await findViolations(page), []);
    await why.getByRole('textbox', { name: 'Note' }).fill('1 too dark');
    const answered = sent('/rating/answers');
    await page.keyboard.press('Enter');
    const [{ answer, words, note }] = (await answered).postDataJSON().answers;
    const plain = (text: string) => text.replace(/\s*\d$/, '');
    assert.deepEqual([answer, words, note], ['bad', [plain(first), plain(second)], '1 too dark']);
    await why.waitFor({ state: 'detached' });
  });

  await t.test('guidelines that cannot be loaded leave the rating page as it is', async () => {
    await page.goto(`${url}/rate`);
    await page.getByRole('button', { name: 'Good', exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.keyboard.press('i');
    const dialog = page.getByRole('dialog', { name: 'Guidelines' });
    await dialog.getByText('The studio does not answer.').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await page.getByText('You answered “bad”').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Saved', { exact: true }).waitFor();
  });

  await t.test('who signs out without a network is told that it did not happen', async () => {
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are still signed in. The studio does not answer.').waitFor();
    await page.context().setOffline(false);
  });
});

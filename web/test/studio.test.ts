// A team at work in the browser, over the real server and a real project: one story, told from the first token on.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openProject } from '../../src/project/project.ts';
import { listRatings } from '../../src/project/rating/ratings.ts';
import { SUITE_DATABASES } from '../../src/project/testing.ts';
import { buildWeb } from './build.ts';
import { launchChromium, noChromium, openPage } from './chromium.ts';
import { accept, invite, OWNER, press, readGuidelines, setUp, shownPicture, signIn, waitUntilSaved } from './people.ts';
import { makeStudioProject } from './project.ts';
import { addOwnImage, closeFlag, exportRatings, flag, importPrompts, tryToken, tuneAndCancel } from './steering.ts';
import { type StudioProcess, startStudio } from './studio.ts';

// On PostgreSQL where there is one: the pages of other files here are served from SQLite, and every endpoint is tried on both.
for (const { name, skip, make } of [SUITE_DATABASES.findLast((one) => !one.skip)!])
  describe(`the studio on ${name}`, { skip: noChromium || skip, concurrency: false }, () => {
    const dir = mkdtempSync(join(tmpdir(), 'collimate-studio-'));
    let webDir: string;
    let [projectDir, studio, browser] = ['', undefined as unknown as StudioProcess, undefined as unknown as Browser];
    let [owner, rater] = [undefined as unknown as Page, undefined as unknown as Page];
    const complaints: string[][] = [];
    let dropDatabase = async () => {};

    const open = async (...options: Parameters<typeof openPage> extends [Browser, ...infer Rest] ? Rest : never) => {
      const opened = await openPage(browser, ...options);
      complaints.push(opened.complaints);
      return opened.page;
    };
    /** The answers of people who have accounts, as the store has them. */
    const storedAnswers = async () => {
      const project = await openProject(projectDir);
      const ratings = await listRatings(project.db);
      await project.close();
      return ratings.filter(({ raterId }) => !['ann', 'bob'].includes(raterId)).map(({ answer }) => answer);
    };

    /** A part of the story; it is not told where an earlier one failed. */
    let isBroken = false;
    const step = (name: string, work: () => Promise<void>) =>
      test(name, async (t) => {
        if (isBroken) return t.skip('an earlier step failed');
        isBroken = true;
        await work();
        isBroken = false;
      });

    before(async () => {
      const { url, drop } = await make();
      dropDatabase = drop;
      [projectDir, webDir] = await Promise.all([makeStudioProject(dir, url), buildWeb()]);
      [studio, browser] = await Promise.all([startStudio(projectDir, webDir), launchChromium()]);
      [owner, rater] = [await open(), await open()];
    });
    after(async () => {
      await browser?.close();
      await studio?.kill();
      await dropDatabase();
      rmSync(dir, { recursive: true, force: true });
    });

    step('a new owner sets up and invites a rater, who comes to the first picture', async () => {
      await setUp(owner, studio.url, studio.setUpToken!);
      await accept(rater, await invite(owner));
      await rater.goto(`${studio.url}/settings`);
      await rater.waitForURL('**/rate');
      assert.equal(
        await rater.getByRole('link', { name: 'Settings' }).count(),
        0,
        'a rater sees the rating page alone',
      );
    });

    step('the rater answers by keys and takes answers back', async () => {
      const first = await shownPicture(rater);
      await press(rater, '1');
      const second = await shownPicture(rater);
      await press(rater, 'b');
      await press(rater, ' ');
      await press(rater, 'Backspace');
      await press(rater, 'Control+z');
      assert.equal(await shownPicture(rater), second);
      await press(rater, 'Backspace');
      assert.equal(await shownPicture(rater), first);
      for (const key of ['g', '2', 's']) await press(rater, key);
      await waitUntilSaved(rater);
      assert.deepEqual((await storedAnswers()).sort(), ['bad', 'good', 'skip']);
    });

    step('every key is a button, and can be changed or switched off', async () => {
      const shown = await shownPicture(rater);
      await rater.keyboard.press('?');
      const dialog = rater.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Change the key for Bad' }).click();
      await rater.keyboard.press('x');
      await dialog.getByLabel(/Single keys answer/).uncheck();
      await rater.keyboard.press('Escape');
      await rater.keyboard.press('1');
      assert.equal(await shownPicture(rater), shown, 'single keys are off');
      await rater.keyboard.press('Control+z');
      await rater.waitForFunction((src) => document.querySelector('.shown img')?.getAttribute('src') !== src, shown);
      await rater.getByRole('button', { name: 'Skip' }).click();
      assert.equal(await shownPicture(rater), shown);
      await rater.getByRole('button', { name: 'Keys' }).click();
      await dialog.getByLabel(/Single keys answer/).check();
      await rater.keyboard.press('Escape');
      await press(rater, 'x');
      await rater.getByRole('button', { name: 'Keys' }).click();
      await dialog.getByRole('button', { name: 'Restore the default keys' }).click();
      await rater.keyboard.press('Escape');
      await waitUntilSaved(rater);
      assert.deepEqual((await storedAnswers()).sort(), ['bad', 'bad', 'good', 'skip']);
    });

    step('answers wait in the browser while the network is away', async () => {
      await rater.context().setOffline(true);
      for (const key of ['1', '1', '2']) await press(rater, key);
      await rater.getByText('3 waiting to be sent, kept on this device').waitFor();
      assert.equal((await storedAnswers()).length, 4);
      await rater.context().setOffline(false);
      await waitUntilSaved(rater);
      assert.deepEqual((await storedAnswers()).sort(), ['bad', 'bad', 'bad', 'good', 'good', 'good', 'skip']);
    });

    step('nothing is lost when the server is killed, the page is closed, and both come back', async () => {
      await studio.kill();
      for (const key of ['1', '2']) await press(rater, key);
      await rater.getByText('2 waiting to be sent, kept on this device').waitFor();
      const address = rater.url();
      await rater.close();
      studio = await startStudio(projectDir, webDir, Number(new URL(studio.url).port));
      assert.equal(studio.setUpToken, null);
      rater = await owner.context().browser()!.contexts()[1]!.newPage();
      await rater.goto(address);
      await rater.getByRole('button', { name: 'Good' }).waitFor();
      await waitUntilSaved(rater);
      assert.equal((await storedAnswers()).length, 9);
    });

    step('two tabs of one rater: the later answer counts, and both say what became of theirs', async () => {
      const other = await rater.context().newPage();
      await other.goto(rater.url());
      await other.getByRole('button', { name: 'Good' }).waitFor();
      assert.equal(await shownPicture(other), await shownPicture(rater));
      const before = (await storedAnswers()).length;
      await press(rater, '1');
      await waitUntilSaved(rater);
      await press(other, '2');
      await waitUntilSaved(other);
      await other.getByText('1 changed').waitFor();
      const after = await storedAnswers();
      assert.equal(after.length, before + 1);
      assert.equal(after.filter((answer) => answer === 'bad').length, 5, 'four that were there, and this one');
      await press(other, 'Backspace');
      await waitUntilSaved(other);
      assert.equal((await storedAnswers()).length, before);
      await press(other, '2');
      await waitUntilSaved(other);
      await other.close();
    });

    step('a sheet is answered picture by picture', async () => {
      await rater.getByRole('link', { name: 'Sheets' }).click();
      const tiles = rater.locator('.sheet-of button');
      await tiles.first().waitFor();
      const count = await tiles.count();
      assert.ok(count >= 2, `${count} pictures`);
      await rater.keyboard.press('ArrowRight');
      await rater.keyboard.press('1');
      assert.match((await tiles.nth(1).getAttribute('class')) ?? '', /done/);
      await waitUntilSaved(rater);
    });

    step('the owner sees the figures move, and changes the guidelines', async () => {
      await owner.goto(`${studio.url}/overview`);
      const answers = owner.locator('.tile', { hasText: 'Answers' });
      await answers.waitFor();
      // 16 that the project began with, and 11 of the rater.
      assert.match(await answers.innerText(), /\b27\b/);
      await owner.goto(`${studio.url}/settings?tab=rating`);
      await owner.getByLabel('Text').fill('**Good** shows it all. <script>alert(1)</script>');
      await owner.getByRole('button', { name: 'Store as a new version' }).click();
      await owner.getByText('Version 2 is what raters see.').waitFor();
      await owner.getByText(/Version 1, .*: \d+ answers/).click();
      await owner.getByRole('button', { name: 'Edit from here version 1' }).waitFor();
      await rater.getByRole('button', { name: 'Guidelines' }).click();
      await rater.getByRole('dialog').getByText('<script>alert(1)</script>').waitFor();
      await rater.keyboard.press('Escape');
    });

    step(
      'changed guidelines stand before the next picture, and each answer has those that its rater had read',
      async () => {
        await owner.getByLabel('Text').fill('Good shows nearly all.');
        await owner.getByRole('button', { name: 'Store as a new version' }).click();
        await owner.getByText('Version 3 is what raters see.').waitFor();
        await rater.keyboard.press('1');
        await rater.getByText('The guidelines have changed').waitFor();
        const answered = await storedAnswers();
        await rater.keyboard.press('1');
        await readGuidelines(rater);
        assert.deepEqual(await storedAnswers(), answered, 'nothing is answered before they are read');
        await rater.keyboard.press('1');
        await waitUntilSaved(rater);
        const project = await openProject(projectDir);
        const latest = await project.db
          .selectFrom('answers')
          .select('guidelineVersion')
          .orderBy('answeredAt', 'desc')
          .limit(2)
          .execute();
        await project.close();
        assert.deepEqual(
          latest.map(({ guidelineVersion }) => guidelineVersion),
          [3, 2],
        );
      },
    );

    step('a comparison of pairs comes to a verdict', async () => {
      await owner.goto(`${studio.url}/evaluation`);
      await owner.getByRole('button', { name: 'New comparison' }).click();
      const dialog = owner.getByRole('dialog');
      await dialog.getByLabel('Raters for each pair').fill('1');
      await dialog.getByRole('button', { name: 'Open the comparison' }).click();
      await owner.getByRole('region', { name: 'tuned-against-base' }).waitFor();
      await rater.getByRole('link', { name: 'Pairs' }).click();
      await rater.getByText('follows the prompt better?').waitFor();
      const sides = ['ArrowLeft', '2', 'ArrowDown', 't'];
      for (let i = 0; !(await rater.getByText('No pairs left').isVisible()); i++) {
        await rater.keyboard.press(sides[i % sides.length]!);
        await rater.locator('.stage, .rate-empty').first().waitFor();
        assert.ok(i < 200, 'the pairs come to an end');
      }
      await waitUntilSaved(rater);
      await owner.reload();
      const study = owner.getByRole('region', { name: 'tuned-against-base' });
      await study.getByText('tie', { exact: true }).waitFor();
      assert.match(await study.innerText(), /alignment[\s\S]*fidelity/);
    });

    step('on a phone the answers are given by touch', async () => {
      const phone = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
      await signIn(phone, studio.url, OWNER);
      await phone.goto(`${studio.url}/rate`);
      await readGuidelines(phone);
      const button = phone.getByRole('button', { name: 'Good' });
      await button.waitFor();
      const before = await shownPicture(phone);
      await button.tap();
      await phone.waitForFunction((src) => document.querySelector('.shown img')?.getAttribute('src') !== src, before);
      const box = (await button.boundingBox())!;
      assert.ok(box.height >= 44 && box.y + box.height <= 844, 'large, and in sight');
      assert.ok(
        await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        'nothing beside the page',
      );
      await waitUntilSaved(phone);
    });

    step('a flagged image leaves the queue, and its note reaches the owner', async () => {
      await rater.getByRole('link', { name: 'Images' }).click();
      const flagged = await shownPicture(rater);
      await flag(rater, 'a spider <b>');
      assert.notEqual(await shownPicture(rater), flagged);
      await waitUntilSaved(rater);
      await closeFlag(owner, studio.url, 'a spider <b>');
    });

    step('the raw ratings go out as they are stored', async () => {
      const [head, ...lines] = await exportRatings(owner, studio.url);
      const project = await openProject(projectDir);
      const stored = await listRatings(project.db);
      await project.close();
      assert.match(head!, /rating_id,rater,answer/);
      assert.equal(lines.length, stored.length);
      assert.equal(
        lines.filter((line) => line.includes(',good,')).length,
        stored.filter(({ answer }) => answer === 'good').length,
      );
    });

    step('a token opens the API until it is revoked', async () => {
      assert.deepEqual(await tryToken(owner, studio.url), [200, 401]);
    });

    step('own prompts and own images come in', async () => {
      await importPrompts(owner, studio.url, 'text,category\n"a fox, asleep",color\ntwo foxes,count\n');
      await addOwnImage(owner, studio.url, 'a badger of my own');
    });

    step('a stage runs from its button, shows how far it is, and can be cancelled', async () => {
      await tuneAndCancel(owner, studio.url);
    });

    step('no page complained', async () => assert.deepEqual(complaints.flat(), []));
  });

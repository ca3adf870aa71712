// Every page by axe, light and dark, with everything on it that a page can have.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { buildWeb } from './build.ts';
import { findViolations, launchChromium, noChromium, openPage } from './chromium.ts';
import { invite, readGuidelines, setUp } from './people.ts';
import { makeStudioProject } from './project.ts';
import { startStudio } from './studio.ts';

/** Path, what is there when the page is whole, and what to press or click first. */
const PAGES: readonly (readonly [path: string, ready: string, act?: (page: Page) => Promise<void>])[] = [
  ['/overview', 'Stages'],
  ['/prompts', 'Stored prompts'],
  ['/images', 'as you scroll|match'],
  ['/images', 'What it taught', (page) => page.locator('.gallery-tile').first().click()],
  ['/raters', 'How much more to rate|No raters yet'],
  ['/review', 'to decide'],
  ['/reward', 'Where it is most wrong'],
  ['/tuning', 'The rule picks step'],
  ['/tuning', 'Start', (page) => page.getByRole('button', { name: 'Tune the model' }).click()],
  ['/evaluation', 'Before and after'],
  ['/settings', 'Crowd platforms'],
  ['/settings?tab=rating', 'Flagged images'],
  ['/settings?tab=configuration', 'Search all'],
  ['/settings?tab=exchange', 'Export'],
  ['/settings?tab=machines', 'No tokens yet'],
  ['/settings?tab=audit', 'Nothing is ever taken out'],
  ['/rate', 'I have read this'],
  ['/rate', 'Good', readGuidelines],
  ['/rate?kind=sheet', 'Good'],
  ['/rate?kind=pair', 'No pairs to compare'],
  ['/rate', 'Restore the default keys', (page) => page.keyboard.press('?')],
  ['/rate', 'What is wrong', (page) => page.keyboard.press('f')],
  ['/rate', 'Good shows', (page) => page.keyboard.press('i')],
];

test('axe finds nothing on any page in either scheme', { skip: noChromium }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-axe-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [projectDir, webDir] = await Promise.all([makeStudioProject(dir), buildWeb()]);
  const [studio, browser] = await Promise.all([startStudio(projectDir, webDir), launchChromium()]);
  t.after(async () => {
    await browser.close();
    await studio.kill();
  });
  const { page } = await openPage(browser);
  const found: string[] = [];
  const check = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await findViolations(page)).map((violation) => `${name}, ${colorScheme}: ${violation}`));
    }
  };
  await page.goto(`${studio.url}/setup?token=x`);
  await page.getByRole('heading', { name: 'Set up the studio' }).waitFor();
  await check('/setup');
  await setUp(page, studio.url, studio.setUpToken!);
  const invitation = await invite(page);
  for (const [path, ready, act] of PAGES) {
    await page.goto(studio.url + path);
    if (act) {
      await page.locator('.gallery-tile, .stage, main .card').first().waitFor();
      await act(page);
    }
    await page.getByText(new RegExp(ready)).first().waitFor();
    await check(path + (act ? ` with ${ready}` : ''));
  }
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await check('/sign-in');
  await page.goto(invitation);
  await page.getByRole('button', { name: 'Make my account' }).waitFor();
  await check('/invitation');
  assert.deepEqual(found, []);
});

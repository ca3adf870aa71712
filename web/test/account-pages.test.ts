// A forgotten password and the own account, in a browser, as a rater meets them.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProject } from '../../src/project/project.ts';
import { noChromium } from './chromium.ts';
import { readGuidelines } from './people.ts';
import { serve } from './served.ts';

test('a rater changes their password, forgets it, and gets in by a link', { skip: noChromium }, async (t) => {
  const { page, url, browser } = await serve(t, async (dir) => {
    const project = await createProject(join(dir, 'project'));
    await project.close();
    return project.dir;
  });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const invitation = await page.locator('code.secret').innerText();

  const rater = await (await browser.newContext()).newPage();
  await rater.goto(invitation);
  await rater.getByLabel('Name').fill('Rita Rater');
  await rater.getByLabel('Email').fill('rita@example.org');
  await rater.getByLabel('Password').fill('a long password 2');
  await rater.getByRole('button', { name: 'Make my account' }).click();
  await readGuidelines(rater);
  await rater.getByRole('link', { name: 'Account' }).click();
  await rater.getByRole('heading', { name: 'Your account' }).waitFor();
  await rater.getByLabel('Current password').fill('a long password 2');
  await rater.getByLabel('New password').fill('a long password 3');
  await rater.getByRole('button', { name: 'Change the password' }).click();
  await rater.getByText('The password is changed.').waitFor();
  await rater.getByRole('button', { name: 'Sign out' }).click();
  await rater.getByRole('heading', { name: 'Sign in' }).waitFor();

  await page.reload();
  // Closing is asked once more, with the focus on what keeps the account.
  await page.getByRole('button', { name: 'Close the account of Rita Rater' }).click();
  await page.getByText('tokens and invitations end for good').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Keep it open');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New password for Rita Rater' }).click();
  const link = await page.locator('code.secret').innerText();
  assert.match(link, new RegExp(`^${url}/reset/`));
  await rater.goto(link);
  await rater.getByText('For Rita Rater').waitFor();
  await rater.getByLabel('New password').fill('a long password 4');
  await rater.getByRole('button', { name: 'Set it and sign in' }).click();
  await rater.waitForURL(`${url}/rate`);
  await rater.goto(link);
  await rater.getByText('There is no such link').waitFor();
});

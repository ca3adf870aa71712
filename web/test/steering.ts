// What owners do on the steering pages, for the browser tests.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { encodePng } from '../../src/pictures/image.ts';
import { random } from '../../src/util/random.ts';
import { renderScene } from '../../src/world/scenes/render.ts';
import { sampleAnyScene } from '../../src/world/scenes/scene.ts';

/** Downloads the raw ratings and returns their lines, the head first. */
export async function exportRatings(page: Page, url: string): Promise<string[]> {
  await page.goto(`${url}/settings?tab=exchange`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export csv' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'collimate-csv.csv');
  return readFileSync(await download.path(), 'utf8')
    .trim()
    .split(/\r?\n/);
}

/** Flags the image on screen, by the key of it. */
export async function flag(page: Page, note: string): Promise<void> {
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Unsafe' }).check();
  await dialog.getByLabel('Note').fill(note);
  await dialog.getByRole('button', { name: 'Flag and go on' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Closes the flag with this note. */
export async function closeFlag(page: Page, url: string, note: string): Promise<void> {
  await page.goto(`${url}/settings?tab=rating`);
  const flagged = page.locator('li', { hasText: note });
  await flagged.getByText('unsafe').waitFor();
  await flagged.getByRole('button', { name: 'Give it back' }).click();
  await flagged.waitFor({ state: 'detached' });
}

/** Makes a token, asks the API with it, revokes it, and asks again: the status of each answer. */
export async function tryToken(page: Page, url: string): Promise<[made: number, revoked: number]> {
  await page.goto(`${url}/settings?tab=machines`);
  await page.getByLabel('Name').fill('A script');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const secret = await page.locator('code.secret').innerText();
  const ask = async () =>
    (await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${secret}` } })).status;
  const made = await ask();
  await page.getByRole('button', { name: 'Revoke A script' }).click();
  await page.getByText('No tokens yet.').waitFor();
  return [made, await ask()];
}

/** Pastes prompts as CSV, checks them first and then stores them. */
export async function importPrompts(page: Page, url: string, csv: string): Promise<void> {
  await page.goto(`${url}/prompts`);
  await page.getByLabel('Format').selectOption('csv');
  await page.getByRole('textbox', { name: 'Prompts' }).fill(csv);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText(/2 new prompts would be added; 0 known already/).waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText(/2 new prompts were added/).waitFor();
}

/** Adds a picture under a prompt of its own, and finds it in the gallery. */
export async function addOwnImage(page: Page, url: string, prompt: string): Promise<void> {
  await page.goto(`${url}/images`);
  await page.getByRole('button', { name: 'Add own images' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Prompt').fill(prompt);
  const buffer = Buffer.from(await encodePng(renderScene(sampleAnyScene(random(9, 'own')))));
  await dialog.getByLabel('Files').setInputFiles({ name: '../../etc/own.png', mimeType: 'image/png', buffer });
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('1 image added.').waitFor();
  await page.locator('.gallery-tile', { hasText: prompt }).first().waitFor();
}

/** Starts tuning from its button, sees its steps come, cancels it, and sees that what was done is kept. */
export async function tuneAndCancel(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/tuning`);
  await page.getByRole('button', { name: 'Tune the model' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Options for this run').click();
  await dialog.getByLabel('maxTrainSteps').fill('100000');
  // The tuned model of this project is no run's.
  await dialog.getByLabel('Replace a finished model that other settings made').check();
  await dialog.getByRole('button', { name: 'Start' }).click();
  const strip = page.getByRole('region', { name: 'At work now' });
  await strip.getByText(/tune [1-9]\d* of 100000/).waitFor();
  await strip.getByRole('button', { name: 'Cancel' }).click();
  await strip.waitFor({ state: 'detached' });
  await page.goto(`${url}/overview`);
  await page.getByText('cancelled; starting it again goes on from here').first().waitFor();
}

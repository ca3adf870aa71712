// How somebody of a crowd begins, in their own language, and what whoever leads decides: on a real server, in a real browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { findViolations, noChromium, openPage } from './chromium.ts';
import { leaveGuidelines, press } from './people.ts';
import { makeRatingProject } from './rating-project.ts';
import { serve } from './served.ts';

test('pages of who leads and who comes from a crowd', { skip: noChromium }, async (t) => {
  const { page, url, browser } = await serve(t, (dir) => makeRatingProject(dir, 40));
  /** An API request of the owner's. */
  const ask = async (method: string, path: string, data?: object) => {
    const response = await page.request.fetch(url + path, { method, data, headers: { origin: url } });
    assert.ok(response.ok(), `${path}: ${response.status()} ${await response.text()}`);
    return response.json() as Promise<Record<string, never>>;
  };
  const { images } = (await ask('GET', '/api/images')) as unknown as { images: { id: string }[] };
  const [example, asked, disputed] = images.map(({ id }) => id);

  await t.test('a gold image is made an example or a question of the test on its page', async () => {
    for (const [id, use, why] of [
      [example, 'An example with the guidelines', 'Two dogs, as it says'],
      [asked, 'In the test before the work', 'No bicycle'],
    ]) {
      await page.goto(`${url}/images?image=${id}`);
      const dialog = page.getByRole('dialog');
      await dialog.getByText('What it taught').waitFor();
      await dialog.getByLabel('What for').selectOption({ label: use! });
      await dialog.getByLabel('Why').fill(why!);
      await dialog.getByRole('button', { name: 'bad', exact: true }).click();
      await dialog.getByRole('heading', { name: 'Gold: bad' }).waitFor();
    }
    await page.goto(`${url}/settings?tab=rating`);
    await page.getByText('2 gold images, 0 of them good: 0 among the work, 1 example, 1 in the test.').waitFor();
  });

  await t.test('somebody of a crowd agrees, learns, is tested, rates and leaves with a code, in Spanish', async () => {
    await page.goto(`${url}/settings`);
    await page.getByLabel('Name of the study').fill('Dogs');
    await page.getByLabel('Completion code').fill('C0DE1');
    await page.getByLabel('Answers each').fill('2');
    await page.getByLabel('What people agree to').fill('I am 18 or older.');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.locator('code.secret').innerText();
    const { page: other, complaints } = await openPage(browser, {
      locale: 'es-MX',
      viewport: { width: 390, height: 844 },
    });
    await other.goto(link.replace('{{%PROLIFIC_PID%}}', '5f0000aa').replaceAll(/\{\{%\w+%\}\}/g, 'x'));
    await other.getByText('I am 18 or older.').waitFor();
    assert.deepEqual(await findViolations(other), []);
    await other.getByRole('button', { name: 'Acepto y participo' }).click();
    const gate = other.getByRole('dialog', { name: 'Antes de empezar' });
    await gate.getByText('Two dogs, as it says').waitFor();
    assert.deepEqual(await findViolations(other), []);
    await leaveGuidelines(gate.getByRole('button', { name: 'Lo he leído: seguir' }));
    await other.getByText('Prueba antes de empezar: 1 de 1.').waitFor();
    await other.keyboard.press('1');
    await other.getByText('No bicycle').waitFor();
    await other.getByText('La respuesta es «mal».').waitFor();
    assert.deepEqual(await findViolations(other), []);
    await other.getByText('Queda un intento').waitFor();
    await other.keyboard.press('Enter');
    await other.getByText('Prueba antes de empezar: 1 de 1.').waitFor();
    await other.keyboard.press('2');
    await other.getByText('Ha superado la prueba: 1 de 1 correctas.').waitFor();
    // The server is asked again meanwhile, and knows of no test any more.
    const next = other.waitForResponse((response) => response.url().endsWith('/api/rating/next'));
    await other.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await next;
    await other.locator('.rate-progress').waitFor();
    await other.getByText('Ha superado la prueba: 1 de 1 correctas.').waitFor();
    await other.keyboard.press('Enter');
    await other.getByText('Prueba antes de empezar').waitFor({ state: 'detached' });
    await other.getByText('¿Muestra la imagen lo que dice el texto?').waitFor();
    await press(other, '1');
    await other.keyboard.press('1');
    // The server is asked every few seconds, and counts anew as often.
    await other.getByRole('heading', { name: 'Todo hecho, gracias' }).waitFor();
    assert.equal(await other.locator('code.secret').innerText(), 'C0DE1');
    assert.deepEqual(await findViolations(other), []);
    assert.match((await other.getByRole('link', { name: 'Volver' }).getAttribute('href'))!, /prolific\.com.*C0DE1/);
    assert.deepEqual(complaints, []);
    await other.context().close();
  });

  await t.test('whoever is paused is told why, and goes on when that is over', async () => {
    const rater = await openRater(browser, await inviteBy(ask), url);
    await rater.getByRole('dialog').waitFor();
    const { raters } = (await ask('GET', '/api/quality')) as unknown as { raters: { id: string; name: string }[] };
    const { id } = raters.find(({ name }) => name === 'Rita')!;
    await ask('POST', `/api/raters/${id}/pause`, { note: 'Call me first' });
    await rater.reload();
    await rater.getByRole('heading', { name: 'You are paused' }).waitFor();
    await rater.getByText('Call me first').waitFor();
    assert.deepEqual(await findViolations(rater), []);
    await page.goto(`${url}/raters`);
    await page.getByText('by an admin: Call me first').waitFor();
    await page.getByRole('button', { name: 'Let go on Rita' }).click();
    await page.getByText('by an admin: Call me first').waitFor({ state: 'detached' });
    await rater.context().close();
  });

  await t.test('a flagged picture is decided by a key, and taken back', async () => {
    await ask('POST', '/api/rating/flags', { imageId: disputed, kind: 'broken', note: 'half of it is gray' });
    await page.goto(`${url}/review`);
    await page.getByText('half of it is gray').waitFor();
    assert.deepEqual(await findViolations(page), []);
    const stored = page.waitForResponse((response) => response.url().includes('/decisions/'));
    await page.getByRole('button', { name: /^Later/ }).focus();
    await page.keyboard.press('2');
    await page.getByText('0 to decide, 1 decided').waitFor();
    await stored;
    // The button is gone with its picture; the focus is not.
    assert.equal(await page.evaluate(() => document.activeElement?.role), 'status');
    const { decision } = (await ask('GET', `/api/images/${disputed}`)) as unknown as { decision: { answer: string } };
    assert.equal(decision.answer, 'bad');
    await page.getByRole('button', { name: 'Back to the one before' }).click();
    await page.getByText('half of it is gray').waitFor();
  });

  await t.test('an image is removed by its page, once it was asked again', async () => {
    const gone = images.at(-1)!.id;
    await page.goto(`${url}/images?image=${gone}`);
    const dialog = page.getByRole('dialog');
    const remove = dialog.getByRole('button', { name: 'Remove the image' });
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    // By keys alone: the focus goes to what changes nothing, and back; Escape closes the question and not the dialog.
    for (const leave of ['Enter', 'Escape']) {
      await remove.press('Enter');
      await dialog.getByText(/^Remove the image for good/).waitFor();
      assert.equal(await focused(), 'Keep it');
      await page.keyboard.press(leave);
      await remove.waitFor();
      assert.equal(await focused(), 'Remove the image');
    }
    await remove.click();
    await dialog.getByText(/^Remove the image for good/).waitFor();
    assert.deepEqual(await findViolations(page), []);
    await dialog.getByRole('button', { name: 'Remove it' }).click();
    // Somebody of the crowd may have answered it: then that is said first.
    await Promise.race([
      dialog.waitFor({ state: 'detached' }),
      dialog.getByRole('button', { name: 'Remove all of it' }).click(),
    ]);
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await page.request.get(`${url}/api/images/${gone}`)).status(), 404);
  });
});

type Ask = (method: string, path: string, data?: object) => Promise<Record<string, never>>;

async function inviteBy(ask: Ask): Promise<string> {
  return (await ask('POST', '/api/invites', { role: 'rater' })).path!;
}

/** A page of a rater who has an account already, before the rating page. */
async function openRater(browser: Parameters<typeof openPage>[0], path: string, url: string): Promise<Page> {
  const { page } = await openPage(browser);
  const account = { name: 'Rita', email: 'rita@example.org', password: 'a long password 2' };
  await page.request.post(`${url}${path.replace('/join/', '/api/invitations/')}/accept`, {
    data: account,
    headers: { origin: url },
  });
  await page.goto(`${url}/rate`);
  return page;
}

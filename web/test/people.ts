// What people do on the pages of the studio, for the browser tests.

import type { Locator, Page } from 'playwright-core';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const OWNER: Person = { name: 'Olga Owner', email: 'olga@example.org', password: 'a long password 1' };
const RATER: Person = { name: 'Rita Rater', email: 'rita@example.org', password: 'a long password 2' };

async function fillAccount(page: Page, { name, email, password }: Person): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
}

/** Makes the owner, from the address that the studio printed. */
export async function setUp(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/setup?token=${token}`);
  await fillAccount(page, OWNER);
  await page.getByRole('button', { name: 'Make the owner’s account' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

/** Makes an invitation for raters and returns its link. */
export async function invite(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  return page.locator('code.secret').innerText();
}

export async function accept(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await fillAccount(page, RATER);
  await page.getByRole('button', { name: 'Make my account' }).click();
  await readGuidelines(page);
  await page.getByRole('button', { name: 'Good' }).waitFor();
}

/** Reads the guidelines that stand before the pictures, and goes on. */
export async function readGuidelines(page: Page): Promise<void> {
  await leaveGuidelines(page.getByRole('button', { name: 'I have read this: go on' }));
}

/** What is pressed at once was meant for a picture and does nothing: so it is pressed until it is heard. */
export async function leaveGuidelines(button: Locator): Promise<void> {
  await button.waitFor();
  while (await pressed(button)) await button.page().waitForTimeout(200);
}

async function pressed(button: Locator): Promise<boolean> {
  await button.click({ timeout: 500 }).catch(() => {});
  return button.isVisible();
}

export async function signIn(page: Page, url: string, { email, password }: Person): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/overview|rate/);
}

/** The address of the picture that is on screen. */
export function shownPicture(page: Page): Promise<string> {
  return page.locator('.shown img').first().getAttribute('src') as Promise<string>;
}

/** Presses a key and waits until another picture is on screen. */
export async function press(page: Page, key: string): Promise<void> {
  const before = await shownPicture(page);
  await page.keyboard.press(key);
  await page.waitForFunction((src) => document.querySelector('.shown img')?.getAttribute('src') !== src, before);
}

export async function waitUntilSaved(page: Page): Promise<void> {
  await page.getByText('Saved', { exact: true }).waitFor();
}

// A served project with a browser before it, for the tests of single pages; all of it ends with the test.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildWeb } from './build.ts';
import { launchChromium, openPage } from './chromium.ts';
import { OWNER, setUp, signIn } from './people.ts';
import { type StudioProcess, startStudio } from './studio.ts';

export interface Served {
  readonly projectDir: string;
  readonly browser: Browser;
  readonly url: string;
  /** The owner's page, after the set-up. */
  readonly page: Page;
  /** Another page of the owner's, signed in, such as a phone's. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Ends the server without a word, and starts it again at the same place. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** @param make makes the project in a folder and returns its own. */
export async function serve(t: TestContext, make: (dir: string) => Promise<string>): Promise<Served> {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-pages-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [projectDir, webDir] = await Promise.all([make(dir), buildWeb()]);
  let studio: StudioProcess = await startStudio(projectDir, webDir);
  t.after(() => studio.kill());
  const browser = await launchChromium();
  t.after(() => browser.close());
  const { page } = await openPage(browser);
  const { url } = studio;
  await setUp(page, url, studio.setUpToken!);
  return {
    projectDir,
    browser,
    url,
    page,
    async open(options) {
      const { page: other } = await openPage(browser, options);
      await signIn(other, url, OWNER);
      return other;
    },
    kill: () => studio.kill(),
    async start() {
      studio = await startStudio(projectDir, webDir, Number(new URL(url).port));
    },
  };
}

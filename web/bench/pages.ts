// Measures in Chromium what people feel: from key to next picture, the first load of the rating page, and scrolling
// through 100,000 images. By hand: node --import tsx web/bench/pages.ts

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { buildWeb } from '../test/build.ts';
import { launchChromium, openPage } from '../test/chromium.ts';
import { setUp } from '../test/people.ts';
import { startStudio } from '../test/studio.ts';
import { makeGalleryProject } from './gallery-project.ts';

const { values } = parseArgs({
  options: { images: { type: 'string', default: '100000' }, keys: { type: 'string', default: '100' } },
});

const dir = mkdtempSync(join(tmpdir(), 'collimate-bench-'));
try {
  const [projectDir, webDir] = await Promise.all([
    makeGalleryProject(join(dir, 'project'), Number(values.images)),
    buildWeb(),
  ]);
  const studio = await startStudio(projectDir, webDir);
  const browser = await launchChromium();
  const { page } = await openPage(browser);
  // tsx names the functions that it compiles, those that run in the page too.
  await page.addInitScript('globalThis.__name = (named) => named');
  await setUp(page, studio.url, studio.setUpToken!);
  const result = {
    images: Number(values.images),
    firstLoad: await measureFirstLoad(page, studio.url),
    keyToNextPicture: summarize(await measureKeys(page, Number(values.keys))),
    scrolling: await measureScrolling(page, studio.url),
  };
  console.log(JSON.stringify(result, null, 2));
  await browser.close();
  await studio.kill();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** A cold load: compressed bytes of script, and milliseconds until the first picture can be answered. */
async function measureFirstLoad(page: Page, url: string) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await page.goto(`${url}/rate`);
  await page.locator('.shown img').waitFor();
  return page.evaluate(async () => {
    await document.querySelector<HTMLImageElement>('.shown img')!.decode();
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const scripts = entries.filter(({ name }) => name.endsWith('.js'));
    return {
      scriptBytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      scripts: scripts.length,
      interactiveMs: Math.round(performance.now()),
    };
  });
}

/** Milliseconds from a key to the frame that shows the next picture, at a quick rater's pace. */
async function measureKeys(page: Page, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    // The page listens before the key is pressed.
    const shown = await page.evaluateHandle(() => {
      const promise = new Promise<number>((resolve) => {
        const find = () => document.querySelector<HTMLImageElement>('.shown img');
        addEventListener(
          'keydown',
          ({ timeStamp }) => {
            const before = find()?.src;
            const look = () => {
              const image = find();
              if (!image || image.src === before || !image.complete) return requestAnimationFrame(look);
              // The frame after this one shows it.
              return requestAnimationFrame((time) => resolve(Math.max(time, performance.now()) - timeStamp));
            };
            look();
          },
          { once: true, capture: true },
        );
      });
      return { promise };
    });
    await page.keyboard.press(i % 2 === 0 ? '1' : '2');
    times.push(await shown.evaluate(({ promise }) => promise));
    await page.waitForTimeout(150);
  }
  return times;
}

/** Frames of a long scroll, first near the top and then after thousands of images were loaded. */
async function measureScrolling(page: Page, url: string) {
  await page.goto(`${url}/images`);
  await page.locator('.gallery-tile').first().waitFor();
  const top = await scroll(page, 3000);
  for (let i = 0; i < 40; i++) {
    await page.locator('.gallery').evaluate((gallery) => gallery.scrollTo(0, gallery.scrollHeight));
    await page.waitForTimeout(120);
  }
  const loaded = await page.locator('.gallery li').last().getAttribute('aria-setsize');
  return { top, loaded: Number(loaded), deep: await scroll(page, -3000) };
}

async function scroll(page: Page, by: number) {
  const frames = await page.locator('.gallery').evaluate(
    (gallery, distance) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let last = performance.now();
        const step = (now: number) => {
          times.push(now - last);
          last = now;
          if (times.length > 90) return resolve(times.slice(1));
          gallery.scrollBy(0, distance / 90);
          return requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    by,
  );
  return { ...summarize(frames), nodes: await page.locator('.gallery li').count() };
}

function summarize(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1));
  return { count: times.length, medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}

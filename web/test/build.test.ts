import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildWeb, firstLoad } from './build.ts';

test('the rating page loads under 120 KB of script in Brotli and 130 KB in gzip, and no chart', async () => {
  const [dir, same] = await Promise.all([buildWeb(), buildWeb()]);
  assert.equal(same, dir, 'who asks at the same time gets the same build');
  const rating = firstLoad(dir, 'src/rate/rate-page.tsx');
  // Browsers take Brotli over https and from this machine, gzip from a plain http address.
  assert.ok(rating.brotli < 120_000, `${rating.brotli} bytes`);
  assert.ok(rating.gzip < 130_000, `${rating.gzip} bytes`);
  const reward = firstLoad(dir, 'src/layout/frame.tsx', 'src/pages/reward/reward.tsx');
  assert.ok(reward.gzip > rating.gzip + 50_000, 'charts are apart from the rating page');

  const page = readFileSync(join(dir, 'index.html'), 'utf8');
  assert.doesNotMatch(page, /<script(?![^>]* src=)|<style| on\w+=| style=/, 'nothing inline, as the policy asks');
  const scripts = readdirSync(join(dir, 'assets')).filter((name) => name.endsWith('.js'));
  for (const name of scripts)
    assert.doesNotMatch(
      readFileSync(join(dir, 'assets', name), 'utf8'),
      /node:(fs|path|crypto)/,
      `${name} is for browsers`,
    );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RewardGroup } from './data.ts';
import { findHeadlineGroup } from './reward-headline.ts';

const group = (set: string, category: string, reward: number | null): RewardGroup => ({
  set,
  category,
  images: 10,
  goodShare: 0.5,
  accuracy: { reward, clip: 0.6 },
  interval: null,
  auroc: { reward: 0.8, clip: 0.6 },
  calibrationError: 0.1,
});

test('what was not learned from stands first', () => {
  const train = group('seen prompts, training', 'all', 0.9);
  const validation = group('seen prompts, validation', 'all', 0.7);
  const unseen = group('unseen prompts', 'all', 0.6);
  const category = group('unseen prompts', 'count', 0.5);
  assert.equal(findHeadlineGroup([train, validation, category, unseen]), unseen);
  assert.equal(findHeadlineGroup([train, category, validation]), validation);
  assert.equal(findHeadlineGroup([train, group('unseen prompts', 'all', null)]), train);
  assert.equal(findHeadlineGroup([]), undefined);
});

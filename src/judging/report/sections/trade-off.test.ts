import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PromptSplit } from '../../../project/database/schema.ts';
import type { ContestantReport, EvaluationReport, GroupReport } from '../../evaluation/report.ts';
import { tradeOffSection } from './trade-off.ts';

const interval = (estimate: number) => ({ estimate, low: estimate - 0.1, high: estimate + 0.1 });
const distance = { value: 2, standardError: 0.1, images: 8, growth: null };
const floor = { images: 8, distance: 0.5, draws: 4 };

function group(split: PromptSplit, good: number): GroupReport {
  const shared = {
    prompts: 4,
    images: 16,
    unclear: 0,
    reward: interval(good),
    diversity: interval(1),
    versusBase: null,
  };
  return { split, category: 'all', good: interval(good), ...shared };
}

function evaluated(...groups: GroupReport[]): EvaluationReport {
  const base: ContestantReport = {
    name: 'base',
    kind: 'base',
    modelHash: 'a'.repeat(64),
    imagesPerPrompt: 4,
    groups,
    frechet: { all: distance, first: distance },
  };
  return {
    version: 1,
    runId: 'evaluate-1',
    createdAt: '2026-01-01T00:00:00.000Z',
    settings: {
      seed: 1,
      sampler: 'ddim',
      steps: 2,
      guidanceScale: 3,
      promptsPerCategory: 4,
      imagesPerPrompt: 4,
      bestOf: 0,
      bootstrapSamples: 10,
    },
    judgeHash: 'b'.repeat(64),
    rewardHash: null,
    images: 16,
    contestants: [base],
    renders: { images: 16, diversity: 1.5, diversityOf: { development: 1.25 }, floor: { all: floor, first: floor } },
    bestOfCurve: [],
    prediction: [],
    overSteps: [],
    items: [],
    seconds: 1,
  };
}

test('the charts name the prompts that were judged, and take the figures of those', () => {
  const { html } = tradeOffSection(evaluated(group('seen', 0.8), group('development', 0.4)), false).body;
  assert.match(html, /judged good, development prompts/);
  assert.match(html, /mean reward, development prompts/);
  assert.match(html, /renders, development prompts/);
  assert.doesNotMatch(html, /unseen prompts/);
  const both = tradeOffSection(evaluated(group('unseen', 0.3), group('seen', 0.8)), false).body.html;
  assert.match(both, /judged good, unseen prompts/);
});

// Watching over tuning: at each drawing of the samples, what the steering and the held-out reward say of them, how far they
// lie from a reference, and how varied they are. The points are kept in `watch.json` of the run.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readArtefact } from '../../util/artefact.ts';
import { writeFileAtomic } from '../../util/files.ts';
import type { HeldOut } from '../reward/held-out.ts';
import { openProjectClip } from '../reward/score-images.ts';
import type { Session } from '../session.ts';
import type { TuneSettings } from './mixture.ts';
import type { Prepared } from './prepare.ts';
import type { SampleImage } from './samples.ts';
import { measureSamples } from './watch-measure.ts';
import { chooseReference, embedReference } from './watch-reference.ts';
import { judgeSteps, type WatchPoint, type WatchRule, type WatchVerdict } from './watch-rule.ts';

/** The heads that watch: the one that steers, and the one that held-out raters taught. */
export interface WatchHeads extends HeldOut {
  readonly proxyHash: string;
}

/** The content of `watch.json`. */
export interface WatchRecord {
  readonly version: 1;
  readonly proxyHash: string;
  readonly heldOutHash: string;
  readonly raters: readonly string[];
  /** What the samples are held against, in words. */
  readonly reference: string;
  readonly rule: WatchRule;
  /** By rising step; the base is step 0. */
  readonly points: readonly WatchPoint[];
}

const AGAIN = 'tune again with --resume-from-checkpoint none';

const recordSchema: z.ZodType<WatchRecord> = z.looseObject({
  version: z.literal(1),
  proxyHash: z.string(),
  heldOutHash: z.string(),
  raters: z.array(z.string()),
  reference: z.string(),
  rule: z.looseObject({ fidelityBound: z.number(), patience: z.number() }),
  points: z.array(
    z.looseObject({
      step: z.number(),
      images: z.number(),
      proxy: z.array(z.number()),
      heldOut: z.array(z.number()),
      distance: z.looseObject({ value: z.number(), without: z.array(z.number()) }).nullable(),
      diversity: z.number().nullable(),
    }),
  ),
});

export interface Watch {
  /** Measures the samples of a step, by prompt, and returns what the rule makes of all that is known. */
  look(step: number, samples: readonly (readonly SampleImage[])[]): Promise<WatchVerdict>;
  /** Forgets what came after a step. */
  truncate(step: number): void;
  verdict(): WatchVerdict;
}

/** Whether the settings draw samples, without which there is nothing to watch. */
export function drawsSamples({ samplePrompts, samplesEvery }: TuneSettings): boolean {
  return samplePrompts > 0 && samplesEvery > 0;
}

/** What was recorded of a run; none where nothing watched. */
export function readWatch(runDir: string): WatchRecord | undefined {
  const path = watchPath(runDir);
  return existsSync(path) ? readArtefact(path, recordSchema, { version: 1, again: AGAIN }) : undefined;
}

/** The record of a run as the rule sees it. */
export function judgeWatch({ points, rule }: Pick<WatchRecord, 'points' | 'rule'>): WatchVerdict {
  return judgeSteps(points, rule);
}

function watchPath(runDir: string): string {
  return join(runDir, 'watch.json');
}

/**
 * Watches a run by two heads; undefined where nobody is held out or no samples are drawn. Heads and CLIP are opened at
 * each look and closed again, so that training has the memory.
 */
export async function openWatch(session: Session, prepared: Prepared, runDir: string): Promise<Watch | undefined> {
  const { heads, settings } = prepared;
  if (!heads || !drawsSamples(settings)) return undefined;
  const { proxyHash, rewardHash: heldOutHash, raters } = heads;
  const rule = { fidelityBound: settings.fidelityBound, patience: settings.stopPatience };
  const source = await chooseReference(session, prepared);
  const read = () => readWatch(runDir)?.points ?? [];
  const write = (points: readonly WatchPoint[]) => {
    const record: WatchRecord = {
      version: 1,
      proxyHash,
      heldOutHash,
      raters,
      reference: source.description,
      rule,
      points,
    };
    writeFileAtomic(watchPath(runDir), `${JSON.stringify(record)}\n`);
  };
  return {
    async look(step, samples) {
      const quiet = { ...session, progress: { stage() {}, tick() {}, done() {}, note() {} } };
      const clip = await openProjectClip(quiet);
      try {
        const reference = await embedReference(quiet, clip, source);
        const point = await measureSamples(quiet, clip, { step, samples, reference, proxyHash, heldOutHash });
        const points = [...read().filter((other) => other.step !== step), point].sort((a, b) => a.step - b.step);
        write(points);
        return judgeSteps(points, rule);
      } finally {
        await clip.dispose();
      }
    },
    truncate(step) {
      const points = read();
      const kept = points.filter((point) => point.step <= step);
      if (kept.length < points.length) write(kept);
    },
    verdict: () => judgeSteps(read(), rule),
  };
}

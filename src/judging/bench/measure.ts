// Timing on a noisy machine: the thing and a yardstick take turns in one run, and medians are compared.

import { matmul } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { type CompileOptions, compile } from '../../engine/runtime/program.ts';
import { median } from '../../statistics/median.ts';
import { random } from '../../util/random.ts';

/** A 1024³ float32 MatMul: `run` resolves when it is done. */
export async function openYardstick(
  options: CompileOptions,
): Promise<{ run(): Promise<void>; dispose(): Promise<void> }> {
  const size = 1024;
  const program = await compile({ y: matmul(input('a', [size, size]), input('b', [size, size])) }, options);
  const stream = random(0, 'yardstick');
  const feeds = { a: stream.uniforms(size * size, -1, 1), b: stream.uniforms(size * size, -1, 1) };
  return {
    run: async () => void (await program.run(feeds)),
    dispose: () => program.dispose(),
  };
}

export interface Timing {
  /** Median seconds of the thing measured. */
  readonly seconds: number;
  /** Median seconds of the yardstick in the same rounds. */
  readonly yardstick: number;
}

/** Times `work` in turns with the yardstick, after two runs of each that do not count. */
export async function timeBesideYardstick(
  work: () => Promise<unknown>,
  yardstick: { run(): Promise<void> },
  rounds: number,
): Promise<Timing> {
  const times: number[] = [];
  const yardsticks: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const seconds = await timeOnce(work);
    // The yardstick is short: its median over three keeps one interruption from counting.
    const references = [await timeOnce(yardstick.run), await timeOnce(yardstick.run), await timeOnce(yardstick.run)];
    if (round < 0) continue;
    times.push(seconds);
    yardsticks.push(median(references)!);
  }
  return { seconds: median(times)!, yardstick: median(yardsticks)! };
}

async function timeOnce(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** The largest memory that this process has held, in GiB. */
export function peakMemoryGib(): number {
  return process.resourceUsage().maxRSS / 1024 ** 2;
}

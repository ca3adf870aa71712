// Where the time of a training step and of a denoising step goes, by ONNX Runtime's own profile of each node.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../engine/runtime/program.ts';
import { createTrainer } from '../../engine/training/trainer.ts';
import { defineDenoising, defineTraining, loadSubject, type UnetBenchOptions } from './unet.ts';

/** Kinds of work. */
const PARTS = ['convolution', 'products', 'movement', 'reductions and norms', 'elementwise', 'optimiser'] as const;
type ProfilePart = (typeof PARTS)[number];

/** Nodes by ONNX Runtime's names; what is not here is elementwise. */
const PART_OPS: Partial<Record<ProfilePart, RegExp>> = {
  convolution: /Conv|Reorder/,
  products: /MatMul|Gemm|Attention/,
  movement:
    /^(Pad|Slice|Transpose|Reshape|Concat|Split|Identity|Expand|Gather|Resize|Cast|Squeeze|Unsqueeze|Scatter\w+)$/,
  'reductions and norms': /Reduce|Normalization|Softmax|Pool/,
};

export interface ProfileLine {
  readonly ms: number;
  readonly nodes: number;
}

interface StepProfile {
  readonly parts: Readonly<Record<ProfilePart, ProfileLine>>;
  /** By ONNX Runtime's operations, those of the optimiser aside, slowest first. */
  readonly ops: Readonly<Record<string, ProfileLine>>;
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly ts: number;
  readonly args?: { readonly op_name?: string };
}

/** Steps after the first, which warms up. */
const STEPS = 3;

/** One run of each node: means over three steps. */
export async function profileUnet(
  options: UnetBenchOptions,
): Promise<{ readonly training: StepProfile; readonly denoising: StepProfile }> {
  const subject = loadSubject(options);
  const folder = mkdtempSync(join(tmpdir(), 'collimate-profile-'));
  try {
    const { output, feeds } = defineDenoising(subject, options);
    const { provider, threads } = options;
    const program = await compile({ output }, { provider, threads, profile: join(folder, 'denoise') });
    for (let i = 0; i <= STEPS; i++) await program.run(feeds);
    await program.dispose();
    const { definition, batch } = defineTraining(subject, options);
    const trainer = await createTrainer({ ...definition, profile: join(folder, 'train') }, subject.params);
    for (let i = 0; i <= STEPS; i++) await trainer.advance([batch]);
    await trainer.dispose();
    return { training: readProfile(folder, 'train'), denoising: readProfile(folder, 'denoise') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What programs whose files start so took in a step. */
function readProfile(folder: string, prefix: string): StepProfile {
  const files = readdirSync(folder).filter((name) => name.startsWith(prefix));
  const nodes = files.flatMap((name) => {
    const isOptimizer = /-(norm|update|rest)/.test(name);
    return nodesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as TraceEvent[]).map((node) => ({
      ...node,
      isOptimizer,
    }));
  });
  return {
    parts: Object.fromEntries(
      PARTS.map((part) => [part, lineOf(nodes.filter(({ op, isOptimizer }) => partOf(op, isOptimizer) === part))]),
    ) as Record<ProfilePart, ProfileLine>,
    ops: byOperation(nodes.filter(({ isOptimizer }) => !isOptimizer)),
  };
}

interface TimedNode {
  readonly op: string;
  readonly us: number;
}

/** The nodes that ran after the first step. */
export function nodesOf(events: readonly TraceEvent[]): TimedNode[] {
  const runs = events.filter(({ name }) => name === 'model_run').map(({ ts }) => ts);
  const perStep = runs.length / (STEPS + 1);
  const from = runs.sort((a, b) => a - b)[perStep] ?? 0;
  return events.flatMap(({ cat, name, dur, ts, args }) =>
    cat === 'Node' && name.endsWith('_kernel_time') && ts >= from ? [{ op: args?.op_name ?? name, us: dur }] : [],
  );
}

function partOf(op: string, isOptimizer: boolean): ProfilePart {
  if (isOptimizer) return 'optimiser';
  return PARTS.find((part) => PART_OPS[part]?.test(op)) ?? 'elementwise';
}

function lineOf(nodes: readonly TimedNode[]): ProfileLine {
  return { ms: nodes.reduce((sum, { us }) => sum + us, 0) / 1000 / STEPS, nodes: nodes.length / STEPS };
}

function byOperation(nodes: readonly TimedNode[]): Record<string, ProfileLine> {
  const names = [...new Set(nodes.map(({ op }) => op))];
  const lines = names.map((name) => [name, lineOf(nodes.filter(({ op }) => op === name))] as const);
  return Object.fromEntries(lines.sort(([, a], [, b]) => b.ms - a.ms));
}

// Steps of tuning and pictures on a GPU, at the size of Stable Diffusion 1.5 with random weights, and of SDXL where a folder of it is
// named; the figures go into docs/gpu.md. Without a GPU the same cases run on the CPU with tiny models, and the page stays as it is.
//
//   npm run gpu                         every case
//   npm run gpu -- --sdxl DIR           SDXL too
//   npm run gpu -- --provider webgpu    default cuda

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { add } from '../src/engine/graph/functions.ts';
import { input } from '../src/engine/graph/tensor.ts';
import { compile } from '../src/engine/runtime/program.ts';
import { PROVIDERS, type Provider } from '../src/engine/runtime/providers.ts';
import { embeddedModel } from '../src/models/inference/embedded.ts';
import { PRECISIONS } from '../src/models/inference/painter.ts';
import { formatTable } from '../src/util/text.ts';
import { buildFullSize } from './fullsize/build.ts';
import { type GpuCase, runCase } from './gpu/cases.ts';
import { type GpuFigure, putFigures } from './gpu/page.ts';

const PAGE = fileURLToPath(new URL('../docs/gpu.md', import.meta.url));
/** The package's own: whole, with a tokenizer, and small. */
const TINY = embeddedModel('sd');

const { values } = parseArgs({
  options: { case: { type: 'string' }, sdxl: { type: 'string' }, provider: { type: 'string', default: 'cuda' } },
});

if (values.case) console.log(await runCase(JSON.parse(values.case) as GpuCase));
else await measureAll(chosenProvider(values.provider));

function chosenProvider(name: string): Provider {
  const provider = PROVIDERS.find((each) => each === name);
  if (provider) return provider;
  throw new Error(`--provider: expected ${PROVIDERS.join(', ')}, got ${name}`);
}

async function measureAll(provider: Provider): Promise<void> {
  const why = await whyNot(provider);
  if (why) {
    console.log(`${why}\nNothing is measured: a dry run on the CPU with a tiny model, and docs/gpu.md stays as it is.`);
    show(casesOf({ tiny: TINY }, 'cpu', 1).map(([model, one]) => measure(model, one)));
    return;
  }
  const models = {
    'Stable Diffusion 1.5': buildFullSize(join(tmpdir(), 'collimate-fullsize'), ['sd']).sd,
    ...(values.sdxl && { SDXL: values.sdxl }),
  };
  if (!values.sdxl) console.log('SDXL is left out: name a folder with --sdxl.');
  const figures = casesOf(models, provider, 5).map(([model, one]) => measure(model, one));
  show(figures);
  writeFileSync(PAGE, putFigures(readFileSync(PAGE, 'utf8'), nameOfCard(provider), figures));
}

/** Why a provider does not run here; undefined where it does. */
async function whyNot(provider: Provider): Promise<string | undefined> {
  try {
    await (await compile({ y: add(input('x', [1]), 1) }, { provider })).dispose();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function nameOfCard(provider: Provider): string {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const { stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8' });
  return `${stdout?.trim().split('\n')[0] || 'a card that nvidia-smi does not name'}, through ${provider}`;
}

/** A whole SDXL does not fit beside its moments on common cards: there it is a LoRA alone. */
function casesOf(models: Record<string, string>, provider: Provider, rounds: number): [string, GpuCase][] {
  return Object.entries(models).flatMap(([name, model]) => {
    const kinds =
      name === 'SDXL' ? (['LoRA step', 'picture'] as const) : (['LoRA step', 'full step', 'picture'] as const);
    return kinds.flatMap((kind) =>
      PRECISIONS.map((precision): [string, GpuCase] => [name, { kind, model, precision, provider, rounds }]),
    );
  });
}

/** In a process of its own: a card's memory is free again after it, also where it ran out. */
function measure(model: string, one: GpuCase): GpuFigure {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--case', JSON.stringify(one)];
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const failure = `failed: ${
    signal ??
    stderr
      .trim()
      .split('\n')
      .find((line) => /^\s*\w*Error[^(]*: /.test(line)) ??
    `exit ${status}`
  }`;
  return { model, kind: one.kind, precision: one.precision, result: status === 0 ? Number(stdout) : failure };
}

function show(figures: readonly GpuFigure[]): void {
  const rows = figures.map(({ model, kind, precision, result }) => [
    model,
    kind,
    precision,
    typeof result === 'number' ? `${result.toFixed(3)} s` : result,
  ]);
  console.log(formatTable(rows));
}

// `collimate bench`: how fast this machine trains and draws, beside a yardstick that takes the machine's speed out.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { PROVIDERS, type Provider } from '../engine/runtime/providers.ts';
import type { ProfileLine, profileUnet } from '../judging/bench/profile.ts';
import type { UnetBenchOptions } from '../judging/bench/unet.ts';
import { CollimateError } from '../util/errors.ts';
import { formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { wholeNumber } from './numbers.ts';

interface BenchFlags {
  unet?: string;
  drawing?: boolean;
  all?: boolean;
  batch: number;
  context: number;
  latent: number;
  steps: number;
  rounds: number;
  gradientCheckpointing?: boolean;
  profile?: boolean;
  device: Provider;
  threads: number;
}

/** The folder of benchmark configs, beside the sources. */
const CASES = fileURLToPath(new URL('../../bench/', import.meta.url));

export function register(command: Command, context: CliContext): void {
  command
    .option('--unet <dir>', 'folder of a U-Net (config.json, and weights if there are any) to train and denoise with')
    .option('--drawing', 'draw and embed pictures with the models of the package')
    .option('--all', 'every case, each in a process of its own')
    .option('--batch <n>', 'images in a batch', wholeNumber(1), 32)
    .option('--context <n>', 'tokens of the text', wholeNumber(1), 16)
    .option('--latent <n>', 'side of the latents', wholeNumber(1), 16)
    .option('--steps <n>', 'denoising steps for a picture', wholeNumber(2), 20)
    .option('--rounds <n>', 'measurements behind each median', wholeNumber(1), 7)
    .option('--gradient-checkpointing', 'recompute activations in the backward pass')
    .option('--profile', 'with --unet: what each kind of work takes of a step, by ONNX Runtime’s profile of its nodes')
    .addOption(new Option('--device <name>', 'where to run').choices(PROVIDERS).default('cpu'))
    .option('--threads <n>', 'threads of one operation; 0 takes one a core', wholeNumber(0), 0)
    .action(async (flags: BenchFlags) => {
      if (flags.all) return benchAll(context, flags);
      if (!flags.unet && !flags.drawing)
        throw new CollimateError(
          'USAGE',
          'bench: expected --unet DIR, --drawing or --all',
          'See `collimate bench --help`.',
        );
      if (flags.profile) {
        if (!flags.unet)
          throw new CollimateError('USAGE', 'bench: --profile looks at a U-Net', 'Name its folder: --unet DIR.');
        const { profileUnet } = await import('../judging/bench/profile.ts');
        const profile = await profileUnet(optionsOf(flags.unet, flags));
        return context.print(profile, describeProfile(profile));
      }
      const result = flags.unet ? await benchOneUnet(flags.unet, flags) : await benchOneDrawing(flags);
      context.print(result, describe(result));
    });
  addExamples(command, [
    'bench --unet bench/unet-64-128 --batch 32 --context 16 --latent 16',
    'bench --unet bench/unet-64-128 --profile',
    'bench --drawing --json',
    'bench --all',
  ]);
}

async function benchOneUnet(folder: string, flags: BenchFlags): Promise<object> {
  const { benchUnet } = await import('../judging/bench/unet.ts');
  return benchUnet(optionsOf(folder, flags));
}

function optionsOf(folder: string, flags: BenchFlags): UnetBenchOptions {
  const { batch, context, latent, rounds, threads, gradientCheckpointing = false, device: provider } = flags;
  return { folder, batch, context, latent, rounds, threads, gradientCheckpointing, provider };
}

/** How many operations of a step are shown by name. */
const SHOWN = 12;

function describeProfile(profile: Awaited<ReturnType<typeof profileUnet>>): string {
  const tables = Object.entries(profile).map(([step, { parts, ops }]) => {
    const total = Object.values(parts).reduce((sum, { ms }) => sum + ms, 0);
    const rows = (lines: Readonly<Record<string, ProfileLine>>) =>
      Object.entries(lines).map(([name, { ms, nodes }]) => [
        name,
        ms.toFixed(1),
        `${Math.round((100 * ms) / total)} %`,
        `${Math.round(nodes)}`,
      ]);
    const shown = Object.fromEntries(Object.entries(ops).slice(0, SHOWN));
    return `${step}: ${total.toFixed(1)} ms in nodes\n${formatTable([['', 'ms', 'share', 'nodes'], ...rows(parts), ...rows(shown)])}`;
  });
  return tables.join('\n\n');
}

async function benchOneDrawing({ batch, steps, rounds, device: provider, threads }: BenchFlags): Promise<object> {
  const { benchDrawing } = await import('../judging/bench/drawing.ts');
  return benchDrawing({ pictures: batch, steps, rounds, provider, threads });
}

/** Each case in a process of its own, so that peak memory is that case's. */
function benchAll(context: CliContext, { rounds, device, threads }: BenchFlags): void {
  const unet = ['--unet', `${CASES}unet-64-128`];
  const cases: Record<string, string[]> = {
    'U-Net 64/128': unet,
    'U-Net 64/128, gradient checkpointing': [...unet, '--gradient-checkpointing'],
    'drawing and embedding': ['--drawing'],
  };
  const results: Record<string, object> = {};
  for (const [name, args] of Object.entries(cases)) {
    const common = ['--json', '--rounds', `${rounds}`, '--device', device, '--threads', `${threads}`];
    const child = spawnSync(process.execPath, [process.argv[1]!, 'bench', ...args, ...common], { encoding: 'utf8' });
    if (child.status !== 0) throw new CollimateError('MISMATCH', `bench ${name}: failed\n${child.stderr}`);
    results[name] = JSON.parse(child.stdout) as object;
    if (!context.options().json) context.stdout.write(`${name}\n${describe(results[name])}\n\n`);
  }
  if (context.options().json) context.print(results, '');
}

function describe(result: object): string {
  return formatTable(
    Object.entries(result).map(([name, value]) => [name, typeof value === 'number' ? format(value) : String(value)]),
  );
}

function format(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toPrecision(4);
}

// `collimate pretrain`: trains the judge, the autoencoder, CLIP and the U-Net that ship with the package.

import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { PROVIDERS, type Provider } from '../engine/runtime/providers.ts';
import { addExamples, type CliContext } from './context.ts';
import { wholeNumber } from './numbers.ts';

const STAGES = ['judge', 'judge-2', 'vae', 'clip', 'unet', 'unet-again'] as const;
const WORLDS = ['embedded-1', 'embedded-2'] as const;
const FAULTS = ['over', 'both'] as const;

interface PretrainFlags {
  out: string;
  work?: string;
  only?: (typeof STAGES)[number];
  steps?: number;
  world: (typeof WORLDS)[number];
  faults: (typeof FAULTS)[number];
  seed: number;
  device: Provider;
  threads: number;
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--out <dir>', 'folder for the finished models', 'models')
    .option('--work <dir>', 'folder for training states, from which an interrupted run goes on (default: OUT/.work)')
    .addOption(
      new Option('--only <model>', 'train one model; the U-Net needs the autoencoder and CLIP').choices(STAGES),
    )
    .option('--steps <n>', 'steps of each model instead of its own number: for trying out', wholeNumber(0))
    .addOption(new Option('--world <name>', 'whose models').choices(WORLDS).default('embedded-1'))
    .addOption(
      new Option('--faults <name>', 'how captions of embedded-2 miscount: over (one too many) or both (either way)')
        .choices(FAULTS)
        .default('over'),
    )
    .option('--seed <n>', 'seed of data, noise and initial weights', wholeNumber(0), 1)
    .addOption(new Option('--device <name>', 'where to train').choices(PROVIDERS).default('cpu'))
    .option('--threads <n>', 'threads of one operation; 0 takes one a core', wholeNumber(0), 0)
    .action(async (flags: PretrainFlags) => {
      const { pretrain } = await import('../world/pretraining/pretrain.ts');
      const progress = context.progress();
      let stage = '';
      const summary = await pretrain({
        out: flags.out,
        work: flags.work ?? join(flags.out, '.work'),
        seed: flags.seed,
        provider: flags.device,
        threads: flags.threads,
        signal: context.signal,
        world: flags.world,
        faults: flags.faults,
        stages: flags.only ? [flags.only] : STAGES,
        ...(flags.steps && { steps: flags.steps }),
        onStep(name, { step, loss, gradNorm }, totalSteps) {
          if (name !== stage) progress.stage(name, totalSteps, step - 1);
          stage = name;
          progress.tick(step, { train_loss: loss, grad_norm: gradNorm });
          if (step === totalSteps) progress.done();
        },
      });
      context.print(
        summary,
        Object.entries(summary.stages)
          .map(([name, { seconds }]) => `${name}: ${seconds} s`)
          .join('\n'),
      );
    });
  addExamples(command, ['pretrain', 'pretrain --only vae --out my-models', 'pretrain --steps 20 --out trial']);
}

// `collimate pull OWNER/NAME`: fetches a model from the hub.

import type { Command } from 'commander';
import { type PullSummary, pullModel } from '../models/hub/pull.ts';
import { requireHubRepo } from '../models/hub/repo.ts';
import { readHubSettings } from '../models/hub/settings.ts';
import { formatBytes, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<repo>', 'OWNER/NAME, or OWNER/NAME@REVISION for a branch, tag or commit')
    .option('--variant <name>', 'which weights to fetch, such as fp16: half the size of the plain ones')
    .option('--file <path>', 'fetch this file alone, such as a checkpoint in the original layout')
    .action(async (repo: string, options: { variant?: string; file?: string }) => {
      const settings = readHubSettings(context.env);
      const progress = context.progress();
      const summary = await pullModel(requireHubRepo(repo), { ...options, settings, signal: context.signal, progress });
      context.print(summary, describe(summary));
    });
  addExamples(command, [
    'pull stable-diffusion-v1-5/stable-diffusion-v1-5 --variant fp16',
    'pull openai/clip-vit-large-patch14',
    'pull stabilityai/stable-diffusion-2-1-base@main --json',
    'pull stable-diffusion-v1-5/stable-diffusion-v1-5 --file v1-5-pruned-emaonly.safetensors',
  ]);
  command.addHelpText(
    'after',
    '\nHF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE mean what they mean to every Hugging Face tool.',
  );
}

function describe({ repo, revision, commit, path, kind, files, size, fetched }: PullSummary): string {
  const name = revision === 'main' ? repo : `${repo}@${revision}`;
  const work =
    files === 0
      ? 'Offline: it is in the cache'
      : `${plural(files, 'file')}, ${formatBytes(size)}, ${formatBytes(fetched)} of them new`;
  return [
    `${name} at ${commit.slice(0, 12)}: ${work}.`,
    path,
    `In collimate.yaml: ${kind === 'clip' ? 'clip' : 'model'}: ${kind === 'file' ? path : name}`,
  ].join('\n');
}

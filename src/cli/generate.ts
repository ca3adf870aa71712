// `collimate generate`: draws the images that are rated.

import type { Command } from 'commander';
import { foreseeGenerate } from '../method/feedback/foresee-generate.ts';
import { type GenerateSummary, generateImages } from '../method/feedback/generate.ts';
import { canSimulate } from '../method/feedback/label.ts';
import { formatDuration, formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addDryRun, tellForesight } from './dry-run.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  addConfigFlags(command, ['generate', 'prompts', 'workers']);
  command.option('--mix', 'draw beside pictures that were drawn with other settings; all are rated and learned from');
  addDryRun(command);
  command.action(async ({ mix = false, dryRun = false }: { mix?: boolean; dryRun?: boolean }) => {
    if (dryRun) return tellForesight(context, command, (session) => foreseeGenerate(session, { mix }));
    const { summary, next } = await withStage(
      context,
      command,
      'generate',
      async (session) => {
        const summary = await generateImages(session, { mix });
        return { summary, next: (await canSimulate(session)) ? 'label --simulate' : 'studio' };
      },
      // One at a time whatever the settings: pictures of others are looked for before any is drawn.
      () => ({}),
    );
    context.print(summary, `${describe(summary)}\nNext: collimate ${next}`);
  });
  addExamples(command, [
    'generate',
    'generate --images-per-prompt 40',
    'generate --sampler ddim --num-inference-steps 50 --json',
    'generate --dry-run',
  ]);
}

function describe({
  images,
  drawn,
  seconds,
  imagesPerSecond,
  prompts,
  developmentPrompts,
  unseenPrompts,
}: GenerateSummary): string {
  const seen = Object.entries(prompts).map(([category, count]) => `${count} ${category}`);
  const work =
    drawn === 0
      ? `Already done: ${plural(images, 'image is', 'images are')} drawn, which is all.`
      : `Drew ${plural(drawn, 'image')} in ${formatDuration(seconds)} (${imagesPerSecond.toFixed(1)} images/s); ${plural(images, 'image is', 'images are')} stored.`;
  return [
    work,
    `Seen prompts: ${seen.join(', ')}.${developmentPrompts > 0 ? ` To choose settings by: ${formatNumber(developmentPrompts)}.` : ''} Kept for evaluation: ${formatNumber(unseenPrompts)}.`,
  ].join('\n');
}

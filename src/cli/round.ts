// `collimate round`: the tuned model becomes the next model and draws anew.

import type { Command } from 'commander';
import { type RoundSummary, startRound } from '../method/rounds/start-round.ts';
import { formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .option('--from <name>', 'which model of models/ goes on', 'tuned')
    .action(async ({ from }: { from: string }) => {
      const summary = await withStage(context, command, 'generate', (session) => startRound(session, from));
      context.print(summary, describe(summary));
    });
  addConfigFlags(command, ['generate', 'prompts']);
  addExamples(command, ['round', 'round --images-per-prompt 20', 'round --from second --json']);
}

function describe({ round, begun, model, before, keptAnswers, drawn }: RoundSummary): string {
  return [
    begun
      ? `Round ${round} had begun: ${model} draws. Nothing has been tuned in it yet.`
      : `Round ${round}: ${model} draws now, where ${before} did; collimate.yaml says so.`,
    `Drew ${plural(drawn.drawn, 'image')}; stored of this round: ${formatNumber(drawn.images)}.`,
    `${plural(keptAnswers, 'answer of earlier rounds stays and goes', 'answers of earlier rounds stay and go')} on teaching the reward function, and with tune.images: all the model too.`,
    'Compare with the model of the first round: collimate evaluate --models base,tuned,origin',
    'Next: collimate studio, where people rate; then reward train and tune again',
  ].join('\n');
}

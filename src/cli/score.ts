// `collimate score`: what the reward function says of a picture file and a prompt.

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { scorePicture } from '../method/reward/score-picture.ts';
import { formatTable } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<picture>', 'a picture file: PNG, JPEG, WebP, GIF, AVIF or TIFF')
    .argument('<prompts...>', 'one prompt or several, each in quotes')
    .option('--reward <hash>', 'which reward model; default the one that was trained last');
  addConfigFlags(command, []);
  command.action((path: string, prompts: string[], { reward }: { reward?: string }) =>
    withProject(context, command, async (project) => {
      const session = {
        project,
        world: openWorld(project.config),
        progress: context.progress(),
        signal: context.signal,
      };
      const scores = await scorePicture(session, {
        file: readFileSync(path),
        prompts,
        ...(reward && { rewardHash: reward }),
      });
      const rows = scores.map(({ reward: r, doubt, clip }, i) => [
        ...[r.toFixed(3), ...(doubt === null ? [] : [`± ${doubt.toFixed(3)}`])],
        ...[clip.toFixed(2), prompts[i]!],
      ]);
      const head = ['reward', ...(scores[0]?.doubt == null ? [] : ['doubt']), 'CLIP score', 'prompt'];
      context.print(
        scores.map((score, i) => ({ prompt: prompts[i], ...score })),
        `${formatTable([head, ...rows])}\nReward ${scores[0]!.rewardHash.slice(0, 12)}: near 1 is good, near 0 bad.`,
      );
    }),
  );
  addExamples(command, ['score dogs.png "two green dogs in a city"', 'score dogs.jpg "two dogs" "three dogs" --json']);
}

// Renders of the evaluated prompts: what perfect images would be, as the reference of the Fréchet distance.

import type { Prompt } from '../../project/images/prompts.ts';
import { random } from '../../util/random.ts';
import type { World, WorldJudge } from '../../world/world.ts';

/** Which of several independent draws. */
export type RenderDraw = number | 'reference';

/** `perPrompt` renders of each prompt, by prompt, RGB bytes of the world's size; what a prompt leaves free is drawn. */
export function drawRenders(
  world: World,
  prompts: readonly Pick<Prompt, 'id' | 'text' | 'slots'>[],
  perPrompt: number,
  { seed, draw }: { seed: number; draw: RenderDraw },
): Uint8Array[] {
  return prompts.flatMap((prompt) => {
    const rng = random(seed, 'evaluate', 'renders', draw, prompt.id);
    const asked = world.read(prompt)!;
    return Array.from({ length: perPrompt }, () => world.render(asked, rng));
  });
}

/** The judge's features of such renders, by prompt. */
export async function renderFeatures(
  prompts: readonly Prompt[],
  perPrompt: number,
  { world, judge, seed, draw }: { world: World; judge: WorldJudge; seed: number; draw: RenderDraw },
): Promise<Float32Array[][]> {
  const seen = await judge.judge(drawRenders(world, prompts, perPrompt, { seed, draw }));
  return prompts.map((_, i) => seen.slice(i * perPrompt, (i + 1) * perPrompt).map(({ features }) => features));
}

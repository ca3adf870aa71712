// Renders of the evaluated prompts: what perfect images would be, as the reference of the Fréchet distance.

import type { Slots } from '../../project/prompts/grammar.ts';
import { random } from '../../util/random.ts';
import type { Judge } from '../../world/judge/judge.ts';
import { renderScene } from '../../world/scenes/render.ts';
import { sampleScene } from '../../world/scenes/scene.ts';
import type { PlannedPrompt } from './plan.ts';

/** Which of several independent draws. */
export type RenderDraw = number | 'reference';

/** `perPrompt` renders of each prompt, by prompt, RGB bytes [32, 32, 3]; what a prompt leaves free is drawn. */
export function drawRenders(
  prompts: readonly Pick<PlannedPrompt, 'id' | 'slots'>[],
  perPrompt: number,
  { seed, draw }: { seed: number; draw: RenderDraw },
): Uint8Array[] {
  return prompts.flatMap((prompt) => {
    const rng = random(seed, 'evaluate', 'renders', draw, prompt.id);
    const slots = prompt.slots as unknown as Slots;
    return Array.from({ length: perPrompt }, () => renderScene(sampleScene(slots, rng)));
  });
}

/** The judge's features of such renders, by prompt. */
export async function renderFeatures(
  prompts: readonly PlannedPrompt[],
  perPrompt: number,
  { judge, seed, draw }: { judge: Judge; seed: number; draw: RenderDraw },
): Promise<Float32Array[][]> {
  const verdicts = await judge.judge(drawRenders(prompts, perPrompt, { seed, draw }));
  return prompts.map((_, i) => verdicts.slice(i * perPrompt, (i + 1) * perPrompt).map(({ features }) => features));
}

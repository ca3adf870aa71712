// Renders of the evaluated prompts: what perfect images would be, as the reference of the Fréchet distance.

import type { Slots } from '../prompts/grammar.ts';
import { random } from '../util/random.ts';
import type { Judge } from '../world/judge/judge.ts';
import { renderScene } from '../world/render.ts';
import { sampleScene } from '../world/scene.ts';
import type { PlannedPrompt } from './plan.ts';

/**
 * The judge's features of `perPrompt` renders of each prompt, by prompt; what a prompt leaves free is drawn.
 *
 * @param draw names one of several independent draws
 */
export async function renderFeatures(
  prompts: readonly PlannedPrompt[],
  perPrompt: number,
  { judge, seed, draw }: { judge: Judge; seed: number; draw: number | 'reference' },
): Promise<Float32Array[][]> {
  const pictures = prompts.flatMap((prompt) => {
    const rng = random(seed, 'evaluate', 'renders', draw, prompt.id);
    const slots = prompt.slots as unknown as Slots;
    return Array.from({ length: perPrompt }, () => renderScene(sampleScene(slots, rng)));
  });
  const verdicts = await judge.judge(pictures);
  return prompts.map((_, i) => verdicts.slice(i * perPrompt, (i + 1) * perPrompt).map(({ features }) => features));
}

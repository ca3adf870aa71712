// What `collimate lineage` prints of models and prompts, wherever they come up.

import type { Continued } from '../method/tuning/more-steps.ts';
import { describeOrigins, type OriginCounts } from '../method/tuning/sources.ts';
import type { ModelLineage } from '../project/learning/lineage.ts';

/** As much of a hash as tells it from others. */
export const short = (hash: string): string => hash.slice(0, 12);

/** Whose images a run learned from; of older runs, the model's own. */
function describeImages(config: Record<string, unknown>): string {
  const origins = config.origins as OriginCounts | undefined;
  return origins ? `, ${describeOrigins(origins)}` : '';
}

function describeContinued({ continues }: Record<string, unknown>): string {
  const before = continues as Continued | undefined;
  return before ? `, going on with ${before.runId} from step ${before.step}` : '';
}

/** How its labels were made of answers; before there was a choice, by majority. */
export function labelMethod(config: Record<string, unknown>): string {
  return (config.reward as { labels?: string } | undefined)?.labels ?? 'majority';
}

/** A model and those it was tuned from, a line each with what made it. */
export function describeModel(model: ModelLineage, label: string): string[] {
  const lines = [`${label} ${short(model.hash)} (${model.kind}) at ${model.path}`];
  for (const { runId, step, reward, dataHash, config } of model.checkpoints) {
    lines.push(
      `           step ${step} of ${runId} on data ${short(dataHash)}${describeImages(config)}${describeContinued(config)}`,
    );
    if (!reward) continue;
    const { train, validation } = reward.examples;
    lines.push(
      `           with reward ${short(reward.hash)}, taught by ${train} rated images and checked by ${validation} (labels by ${labelMethod(reward.config)}, data ${short(reward.dataHash)})`,
    );
  }
  return model.parent ? [...lines, ...describeModel(model.parent, 'tuned from')] : lines;
}

/** What fills the slots of a prompt. */
export function describeSlots(slots: Record<string, unknown>): string {
  const named = Object.entries(slots);
  if (named.length === 0) return 'words of its own';
  return named.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

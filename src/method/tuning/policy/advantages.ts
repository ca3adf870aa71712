// How much better a picture is than the others of its prompt.

/** Black et al. cut advantages here. */
const MOST = 5;

/**
 * `(r − mean)/(standard deviation + 1e-4)` within each prompt, within ±5: an easy prompt teaches no more than a hard one
 * (Black et al., 2023, section 4.3). Pictures of a prompt that are all alike have none.
 *
 * @param prompts the prompt of each picture
 */
export function advantagesOf(rewards: ArrayLike<number>, prompts: ArrayLike<number>): Float32Array {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < rewards.length; i++) groups.set(prompts[i]!, [...(groups.get(prompts[i]!) ?? []), rewards[i]!]);
  return Float32Array.from(rewards, (reward, i) => {
    const group = groups.get(prompts[i]!)!;
    const mean = group.reduce((sum, each) => sum + each, 0) / group.length;
    const variance = group.reduce((sum, each) => sum + (each - mean) ** 2, 0) / group.length;
    return Math.max(-MOST, Math.min(MOST, (reward - mean) / (Math.sqrt(variance) + 1e-4)));
  });
}

// Which prompts an experiment measures on, in its own words. Their texts say "unseen prompts"; where the settings keep
// development prompts, those are judged, so that nothing is chosen on the test set, and the texts say that.

import type { Experiment, ExperimentSettings } from './types.ts';

/** An experiment whose titles, claims and question name the prompts that are judged with these settings. */
export function nameHeldOut<E extends Experiment>(experiment: E, { config }: Pick<ExperimentSettings, 'config'>): E {
  if (experiment.measuresUnseen || (config.prompts?.developmentPerCategory ?? 0) === 0) return experiment;
  const say = (text: string) => text.replaceAll('unseen prompts', 'development prompts');
  return {
    ...experiment,
    question: say(experiment.question),
    columns: experiment.columns.map((column) => ({ ...column, title: say(column.title) })),
    claims: experiment.claims.map((claim) => ({ ...claim, text: say(claim.text) })),
  };
}

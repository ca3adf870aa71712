import type { JobKind } from '../../../src/studio/contract/jobs.ts';

/** What a stage does, for people. */
export const JOB_NAMES: Readonly<Record<JobKind, string>> = {
  generate: 'Draw images',
  label: 'Let simulated raters answer',
  'reward train': 'Train the reward function',
  tune: 'Tune the model',
  evaluate: 'Evaluate',
  'evaluate human': 'Prepare a comparison of pairs',
  report: 'Write the report',
};

/** The section of the configuration that a stage reads. */
export const JOB_SECTIONS: Readonly<Partial<Record<JobKind, string>>> = {
  generate: 'generate',
  label: 'label',
  'reward train': 'reward',
  tune: 'tune',
  evaluate: 'evaluate',
};

/** What a stage does only where it is asked to, since it cannot be taken back. */
export const JOB_QUESTIONS: Readonly<Partial<Record<JobKind, { readonly option: string; readonly text: string }>>> = {
  generate: { option: 'mix', text: 'Draw beside pictures of other settings; all are rated and learned from' },
  tune: { option: 'overwrite', text: 'Replace a finished model that other settings made' },
};

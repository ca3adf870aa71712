// What to do next, from how the stages stand. Pure.

import type { Output } from '../../contract/client.ts';
import type { StoppedRun } from './asked-images.ts';

type Overview = Output<'getOverview'>;
type Step = Overview['next'][number];

/** Below this many answers a reward function has little to learn from. */
const FEW_ANSWERS = 200;

/** As the pages write counts. */
const count = (value: number | null) => (value ?? 0).toLocaleString('en');

/** Answers that a pair study has and those that it is to have. */
export interface StudyState {
  readonly answered: number;
  readonly wanted: number;
}

/**
 * @param studies all of them, the open ones by how far they are
 * @param stopped the run that drew last, where it left images out
 */
export function chooseNextSteps(
  stages: Overview['stages'],
  answers: Overview['answers'],
  studies: readonly StudyState[],
  stopped?: StoppedRun,
): Step[] {
  const at = (name: Overview['stages'][number]['name']) => stages.find((stage) => stage.name === name)!;
  if (stages.some(({ status }) => status === 'running')) return [];
  const steps: Step[] = [];
  const given = answers.good + answers.bad;
  const { done, total } = at('rate');
  if (at('generate').done === 0) {
    if (at('prompts').done === 0)
      steps.push({
        text: 'Choose the prompts',
        why: 'They decide what is drawn, rated and learned.',
        action: 'prompts',
      });
    // Without words to make prompts of, none are drawn before some are stored.
    if (!at('generate').total && !total) return steps;
    // Pictures from outside can be rated without any that the model drew.
    const why = total ? 'So far all pictures are from outside.' : 'Raters need something to look at.';
    steps.push({ text: 'Draw the images', why, action: 'generate' });
    if (!total) return steps;
  }
  const images = at('generate');
  if (images.done > 0 && stopped)
    steps.push({
      text: 'Draw the other images',
      why: `${count(images.done)} of ${count(images.total)} are drawn, and the latest run stopped before its end.${describeFlags(stopped)}`,
      action: 'generate',
    });
  if (total !== null && done < total)
    steps.push({
      text: 'Rate images',
      why: `${count(done)} of ${count(total)} answers so far${given < FEW_ANSWERS ? `; from about ${FEW_ANSWERS} the reward function has something to learn from` : ''}.`,
      action: 'rate',
    });
  if (given < FEW_ANSWERS) {
    steps.push({ text: 'Invite raters', why: 'Two who disagree tell more than one.', action: 'invite' });
    // Whoever has gone on with few is not held up.
    if (at('reward').status === 'empty') return steps;
  }
  const reward = at('reward').status;
  if (reward === 'empty')
    steps.push({ text: 'Train the reward function', why: `${count(given)} answers wait.`, action: 'reward' });
  if (reward === 'stale')
    steps.push({ text: 'Train the reward function again', why: 'Answers have come since.', action: 'reward' });
  if (reward === 'empty') return steps;
  if (at('tune').status !== 'done')
    steps.push({ text: 'Tune the model', why: 'The reward function says which images to learn from.', action: 'tune' });
  else if (at('evaluate').status !== 'done')
    steps.push({ text: 'Evaluate', why: 'Whether tuning helped shows on prompts it never saw.', action: 'evaluate' });
  else if (studies.length === 0)
    steps.push({ text: 'Have people compare the models', why: 'Theirs is the verdict that counts.', action: 'study' });
  const open = studies.find(({ answered, wanted }) => answered < wanted);
  if (open)
    steps.push({
      text: 'Go on comparing pairs',
      why: `${count(open.answered)} of ${count(open.wanted)} comparisons so far; the verdict waits for the rest.`,
      action: 'rate',
    });
  return steps;
}

/** A stage that is started here draws what the configuration asks for, and not what flags asked of the run. */
function describeFlags({ flags }: StoppedRun): string {
  if (flags.length === 0) return '';
  return ` It was \`collimate generate ${flags.join(' ')}\`, which draws the rest; started here, only what the configuration asks for is drawn.`;
}

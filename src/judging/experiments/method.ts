// The whole method in the order of the paper, as one list of stages over one project. Each is idempotent and resumes by
// itself, so the list can be started again at any time and goes on where it stopped.

import { generateImages } from '../../method/feedback/generate.ts';
import { simulateLabels } from '../../method/feedback/label.ts';
import { evaluateReward } from '../../method/reward/evaluate.ts';
import { trainReward } from '../../method/reward/train.ts';
import type { Session } from '../../method/session.ts';
import { tuneModel } from '../../method/tuning/tune.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { writeReport } from '../report/report.ts';

interface MethodStage {
  /** What people read while it runs. */
  readonly title: string;
  /** Does it, and returns what came out in one line. */
  run(session: Session): Promise<string>;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The stages of a demo: feedback, reward, tuning, and what it was all worth. */
const METHOD: readonly MethodStage[] = [
  {
    title: 'Draw images with the base model',
    async run(session) {
      const { images, imagesPerSecond } = await generateImages(session);
      return `${images} images, ${imagesPerSecond.toFixed(1)} a second`;
    },
  },
  {
    title: 'Have simulated raters answer good, bad or skip',
    async run(session) {
      const { ratings, all } = await simulateLabels(session);
      return `${ratings} answers, ${percent(all.shareGood)} good`;
    },
  },
  {
    title: 'Train the reward function on the answers',
    async run(session) {
      const { trainImages, report } = await trainReward(session);
      return `taught by ${trainImages} images; best at step ${report.bestStep}`;
    },
  },
  {
    title: 'Fine-tune the U-Net on what the reward function says',
    async run(session) {
      const { plan, losses } = await tuneModel(session);
      return `${plan.steps} steps, loss ${losses.train_loss.toFixed(4)}`;
    },
  },
  {
    title: 'Judge base, tuned and best of N on prompts seen and unseen',
    async run(session) {
      const { report } = await evaluate(session);
      const shares = report.contestants.map(({ name, groups }) => {
        const group = groups.find(({ split, category }) => split === 'unseen' && category === 'all') ?? groups[0]!;
        return `${name} ${percent(group.good.estimate)}`;
      });
      return `judged good on unseen prompts: ${shares.join(', ')}`;
    },
  },
  {
    title: 'Measure the reward function on unseen prompts',
    async run(session) {
      await simulateLabels(session, { purpose: 'evaluation' });
      const { rows } = await evaluateReward(session);
      const row = rows.find(({ category, part }) => category === 'all' && part === 'unseen');
      if (!row) return 'no rated images of unseen prompts';
      return `accuracy ${percent(row.reward.accuracy)}, CLIP score at its best threshold ${percent(row.clip.accuracy)}`;
    },
  },
  {
    title: 'Write the report',
    run: async (session) => (await writeReport(session)).html,
  },
];

/** Runs the stages one after the other and says what came of each. */
export async function runMethod(session: Session, stages: readonly MethodStage[] = METHOD): Promise<void> {
  for (const [i, { title, run }] of stages.entries()) {
    session.progress.note(`[${i + 1}/${stages.length}] ${title}`);
    session.progress.note(`      ${await run(session)}`);
  }
}

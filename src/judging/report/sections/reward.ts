// Stage 2: how well the reward function predicts what raters say, beside the CLIP score.

import { describeEdits } from '../../../method/reward/edits.ts';
import { intervalChart } from '../charts/interval-chart.ts';
import { lineChart } from '../charts/line-chart.ts';
import type { RewardFacts } from '../data.ts';
import { JUDGED } from '../data.ts';
import { count, counted, number, percent, points } from '../format.ts';
import { type Html, html } from '../html.ts';
import { findHeadlineGroup } from '../reward-headline.ts';
import { type Row, table } from '../table.ts';
import { tile } from '../tile.ts';
import { calibrationPart } from './calibration.ts';
import { missingSection, type Section, section } from './section.ts';

export function rewardSection(reward: RewardFacts | null): Section {
  if (!reward) return missingSection('reward', 'Reward function', 'reward train');
  const { examples, bestStep, settings, calibration, heldOut, edits } = reward;
  const lambda = Number(settings.lambda);
  const auxiliary =
    lambda > 0
      ? html`, beside picking the right prompt among ${Number(settings.negatives) + 1} with weight λ = ${lambda}`
      : ', without prompt classification';
  return section(
    'reward',
    'Reward function',
    html`<p>A small network on frozen CLIP embeddings of image and prompt learned to predict the answers (good is 1, bad is 0) of ${count(examples.train)} images${auxiliary}. ${
      examples.validation > 0
        ? html`${count(examples.validation)} images of
other prompts told when to stop: at step ${count(bestStep)}.`
        : null
    } Accuracy counts a reward above ½ as good. The CLIP score is the cosine of the same two embeddings, at the threshold that suits it best.${heldOut.length > 0 ? html` Answers of ${counted(heldOut.length, 'rater')} were held out of it to watch over tuning.` : null}</p>
${edits ? html`<p class="rule">${describeEdits(edits).join(' ')}</p>` : null}
<div class="charts">${lossChart(reward)}${accuracyChart(reward)}${categoryChart(reward)}${reliabilityChart(reward)}</div>
${groupTable(reward)}
${pairTable(reward)}
${wordTable(reward)}
${reward.groups.some(({ set }) => set === JUDGED) ? html`<p class="rule">Raters saw seen prompts only. On unseen prompts the answers are the judge’s, about all images that the base drew for the evaluation; all intervals are over prompts.</p>` : null}
${calibration ? calibrationPart(calibration) : null}`,
  );
}

/** Good against bad images of one prompt: what ranking by each score is worth. */
function pairTable({ groups }: RewardFacts): Html | null {
  const told = groups.flatMap(({ set, category, pairwise }) => (pairwise ? [{ set, category, ...pairwise }] : []));
  if (told.length === 0) return null;
  const scored = told.some(({ scorer }) => scorer);
  const rows = told.map(({ set, category, reward, clip, scorer }): Row => {
    const contenders = [reward, clip, ...(scorer ? [scorer] : [])];
    const cells = contenders.map(({ accuracy: { estimate, low, high } }) =>
      low === null || high === null
        ? `${percent(estimate)}, too few prompts to tell`
        : `${percent(estimate)} (${percent(low)} to ${percent(high)})`,
    );
    const gains = contenders.map(({ bestOf }) => percent(bestOf));
    return { head: set, cells: [category, count(reward.pairs), count(reward.prompts), ...cells, ...gains] };
  });
  const head = [
    'Images',
    'Category',
    'Pairs',
    'Prompts',
    'Reward ↑',
    'CLIP score ↑',
    ...(scored ? ['Scorer ↑'] : []),
    'Best of N by reward ↑',
    'by CLIP score ↑',
    ...(scored ? ['by scorer ↑'] : []),
  ];
  return html`${table('Within a prompt, good against bad', head, rows, ['Category'])}
<p class="rule">The share of pairs of a good and a bad image of one prompt whose good one has the higher score; 95 % over prompts. Best of N is what choosing by the score gains over chance, as a share of what choosing a good image wherever there is one would gain.</p>`;
}

/** Bad images by the words that raters said they do not show. */
function wordTable({ words }: RewardFacts): Html | null {
  if (!words) return null;
  const rows = words.words.map(({ word, images, prompts, accuracy, interval: [low, high] }): Row => {
    return {
      head: word,
      cells: [count(images), count(prompts), `${percent(accuracy)} (${percent(low)} to ${percent(high)})`],
    };
  });
  const head = ['Word', 'Bad images', 'Prompts', 'Held for bad ↑'];
  return html`${table('By the word that is not shown', head, rows)}
<p class="rule">Bad images of prompts that taught nothing, by the words that raters said they do not show, and how many of them the reward function holds for bad; 95 % over prompts.${words.leftOut > 0 ? ` ${counted(words.leftOut, 'rarer word')} left out.` : ''}</p>`;
}

function lossChart({ curve, bestStep }: RewardFacts): Html {
  return lineChart({
    title: `Loss, best at step ${bestStep}`,
    lines: [
      { name: 'training', color: 'c-base', points: curve.map(({ step, train }) => [step, train]) },
      {
        name: 'validation',
        color: 'c-tuned',
        points: curve.flatMap(({ step, validation }) => (validation === null ? [] : [[step, validation] as const])),
      },
    ],
    x: { label: 'step' },
    y: { label: '' },
  });
}

function accuracyChart({ curve }: RewardFacts): Html {
  return lineChart({
    title: 'Accuracy while learning',
    lines: [
      { name: 'training', color: 'c-base', points: curve.map(({ step, trainAccuracy }) => [step, trainAccuracy]) },
      {
        name: 'validation',
        color: 'c-tuned',
        points: curve.flatMap(({ step, validationAccuracy: value }) =>
          value === null ? [] : [[step, value] as const],
        ),
      },
    ],
    x: { label: 'step' },
    y: { label: 'share of images', format: (value) => `${Math.round(100 * value)} %` },
  });
}

/** Reward beside CLIP score by category, on the hardest images there are. */
function categoryChart(reward: RewardFacts): Html {
  const set = findHeadlineGroup(reward.groups)?.set;
  const groups = reward.groups.filter((group) => group.set === set);
  const only = (estimate: number | null) => (estimate === null ? null : { estimate, low: null, high: null });
  return intervalChart({
    title: `Accuracy, ${set ?? ''}`,
    label: 'share of answers predicted right, 95 % interval',
    rows: groups.map(({ category }) => category),
    series: [
      { name: 'CLIP score', color: 'c-base', values: groups.map(({ accuracy }) => only(accuracy.clip)) },
      {
        name: 'reward',
        color: 'c-tuned',
        values: groups.map(({ accuracy, interval }) =>
          accuracy.reward === null
            ? null
            : { estimate: accuracy.reward, low: interval?.[0] ?? null, high: interval?.[1] ?? null },
        ),
      },
    ],
    domain: [0, 1],
    format: (value) => `${Math.round(100 * value)} %`,
  });
}

const SET_COLORS = ['c-tuned', 'c-best', 'c-base'];

function reliabilityChart({ reliability }: RewardFacts): Html {
  const lines = reliability.map(({ set, bins, error }, i) => ({
    name: error === null ? set : `${set}, error ${number(error)}`,
    color: SET_COLORS[i % SET_COLORS.length]!,
    dots: true,
    points: bins.flatMap(({ meanScore, goodShare }) =>
      meanScore === undefined || goodShare === undefined ? [] : [[meanScore, goodShare] as const],
    ),
  }));
  return lineChart({
    title: 'Calibration',
    lines,
    diagonal: true,
    x: { label: 'reward', domain: [0, 1] },
    y: { label: 'share answered good', domain: [0, 1] },
  });
}

function groupTable({ groups }: RewardFacts): Html {
  const sets = [...new Set(groups.map(({ set }) => set))];
  const show = (value: number | null, format: (value: number) => string) => (value === null ? '–' : format(value));
  const rows = sets.flatMap((set): Row[] => [
    { head: set, cells: [] },
    ...groups
      .filter((group) => group.set === set)
      .map(({ category, images, goodShare, accuracy, interval, auroc, calibrationError }) => ({
        head: category,
        total: category === 'all',
        cells: [
          count(images),
          percent(goodShare),
          html`${show(accuracy.reward, percent)}${interval ? html`<span class="i">${number(100 * interval[0], 1)} to ${number(100 * interval[1], 1)}</span>` : null}`,
          show(accuracy.clip, percent),
          show(auroc.reward, number),
          show(auroc.clip, number),
          number(calibrationError),
        ],
      })),
  ]);
  const columns = [
    'Images',
    'Count',
    'Good',
    'Accuracy, reward',
    'Accuracy, CLIP',
    'AUROC, reward',
    'AUROC, CLIP',
    'Calibration error',
  ];
  return table(html`Agreement with answers <span>– 95 % intervals below the reward’s accuracy</span>`, columns, rows);
}

export function rewardTile(reward: RewardFacts | null): Html | null {
  const group = findHeadlineGroup(reward?.groups ?? []);
  if (!group || group.accuracy.reward === null) return null;
  const { clip, reward: own } = group.accuracy;
  const { interval, images } = group;
  const sure = interval
    ? `95 %: ${number(100 * interval[0], 1)} to ${number(100 * interval[1], 1)}`
    : 'too few prompts to tell';
  return tile(
    `Reward accuracy, ${group.set}`,
    html`${percent(own)}`,
    html`${counted(images, 'image')}, ${sure}${clip === null ? '' : ` · CLIP score ${percent(clip)}: ${points(own - clip)}`}`,
  );
}

// How far each reading of a reward can be taken as a probability: temperatures from the prompts that validated, figures of
// the unseen prompts (or, where there are none, of those that validated).

import { fitTemperature, logLoss, temperatureScale, textNorm } from './calibrate.ts';
import { auroc, type Scored } from './metrics/auroc.ts';
import { calibrationError, type ReliabilityBin, reliabilityBins } from './metrics/calibration.ts';
import { accuracyAt } from './metrics/threshold.ts';

/** One reading of the reward over some images. */
export interface CalibrationFigures {
  readonly reading: 'score' | 'calibrated' | 'text-norm';
  readonly accuracy: number;
  readonly auroc?: number;
  /** Expected calibration error, 0 to 1. */
  readonly calibrationError: number;
  /** Mean −log p of the answers; the score is brought to [0, 1] first. */
  readonly logLoss: number;
  readonly bins: readonly ReliabilityBin[];
}

export interface CalibrationReport {
  /** T of `σ((r − ½)/T)` and τ of TextNorm, with the lowest log loss on the prompts that validated; no τ without edits. */
  readonly temperatures: { readonly scores: number; readonly textNorm?: number };
  /** Whose images the figures are over. */
  readonly part: 'validation' | 'unseen';
  readonly images: number;
  /** Of them those whose prompts have no edits: TextNorm says nothing of them, and they are not in its figures. */
  readonly withoutEdits?: number;
  readonly figures: readonly CalibrationFigures[];
  /** Standard deviation over the heads of an ensemble: its mean over images, and its AUROC for telling wrong answers. */
  readonly doubt?: { readonly mean: number; readonly auroc?: number };
}

/** A rated image with the rewards of its prompt and of edits, candidate 0 its own. */
export interface CandidateScores {
  readonly part: 'train' | 'validation' | 'unseen';
  readonly label: 0 | 1;
  readonly scores: readonly number[];
  /** Standard deviation over heads. */
  readonly spread: number;
}

/** Undefined where no prompts validated. */
export function measureCalibration(images: readonly CandidateScores[], members: number): CalibrationReport | undefined {
  const validation = images.filter(({ part }) => part === 'validation');
  if (validation.length === 0) return undefined;
  const own = ({ scores }: CandidateScores) => scores[0]!;
  const comparable = validation.filter(hasEdits);
  const temperatures = {
    scores: fitTemperature(validation, (image, t) => temperatureScale(own(image), t)),
    ...(comparable.length > 0 && { textNorm: fitTemperature(comparable, ({ scores }, t) => textNorm(scores, t)) }),
  };
  const unseen = images.filter(({ part }) => part === 'unseen');
  const [part, measured] = unseen.length > 0 ? (['unseen', unseen] as const) : (['validation', validation] as const);
  const scored = (probability: (image: CandidateScores) => number, some = measured): Scored[] =>
    some.map((image) => ({ score: probability(image), label: image.label }));
  const compared = measured.filter(hasEdits);
  const { textNorm: tau } = temperatures;
  const wrong = measured.map((image) => ({
    score: image.spread,
    label: Number(own(image) > 0.5 !== (image.label === 1)),
  }));
  const tells = auroc(wrong);
  return {
    temperatures,
    part,
    images: measured.length,
    ...(compared.length < measured.length && { withoutEdits: measured.length - compared.length }),
    figures: [
      describe(
        'score',
        scored((image) => Math.min(1, Math.max(0, own(image)))),
      ),
      describe(
        'calibrated',
        scored((image) => temperatureScale(own(image), temperatures.scores)),
      ),
      ...(tau !== undefined && compared.length > 0
        ? [
            describe(
              'text-norm',
              scored(({ scores }) => textNorm(scores, tau), compared),
            ),
          ]
        : []),
    ],
    ...(members > 1 && {
      doubt: {
        mean: wrong.reduce((sum, { score }) => sum + score, 0) / wrong.length,
        ...(tells !== undefined && { auroc: tells }),
      },
    }),
  };
}

/** TextNorm of a prompt without edits is 1 whatever the picture shows. */
function hasEdits({ scores }: CandidateScores): boolean {
  return scores.length > 1;
}

function describe(reading: CalibrationFigures['reading'], items: readonly Scored[]): CalibrationFigures {
  const bins = reliabilityBins(items);
  const area = auroc(items);
  return {
    reading,
    accuracy: accuracyAt(items, 0.5)!,
    ...(area !== undefined && { auroc: area }),
    calibrationError: calibrationError(bins)!,
    logLoss: logLoss(items),
    bins,
  };
}

/**
 * What it was all worth: evaluation by a judge, measures, verdicts of people, reports, comparison with reference tensors.
 *
 * @example
 * import { judgeObjects } from 'collimate/judging';
 * const asked = { include: [{ class: 'dog', count: 2 }], exclude: [] };
 * const found = new Map([['dog', [{ box: [0, 0, 9, 9], score: 0.9 }]]]);
 * console.log((await judgeObjects(asked, found, async () => [])).reasons); // [ 'expected dog>=2, found 1' ]
 */

export { type EvaluateResult, evaluate, type EvaluateOptions } from './judging/evaluation/evaluate.ts';
export { type ReportResult, writeReport } from './judging/report/report.ts';

// Automatic measures.
export { type MeasureOptions, measureModels, type MeasureResult } from './judging/measures/measure.ts';
export type { MeasuresReport, Measured, ModelMeasures, PartRight, SplitMeasures } from './judging/measures/report.ts';
export { type Detector, openDetector, type Box, type Detection, type Detections } from './judging/measures/detector.ts';
export {
  type GenevalPrompt,
  judgeObjects,
  readGenevalPrompts,
  type ClassifyColors,
  type GenevalAnswer,
} from './judging/measures/geneval.ts';
export {
  type GenevalReport,
  runGeneval,
  type GenevalOptions,
  type GenevalScores,
} from './judging/measures/geneval-run.ts';

// … the verdict of people.
export { makeHumanStudy, type StudyOptions } from './judging/verdict/make-study.ts';
export { simulateStudy, type SimulateOptions } from './judging/verdict/simulate.ts';
export { collectVerdict } from './judging/verdict/collect.ts';
export { readVerdict, type StudyVerdict, type VerdictRow, type VerdictOptions } from './judging/verdict/verdict.ts';

// Comparison with reference tensors.
export { type VerifyReport, verifyFolder } from './judging/verify/verify.ts';

// Types that these signatures name.
export type {
  BestOfPoint,
  Comparison,
  ContestantKind,
  ContestantReport,
  EvaluatedImage,
  EvaluatedPrompt,
  EvaluationReport,
  EvaluationSettings,
  Floor,
  FrechetReport,
  GroupReport,
  JudgeAgreement,
  PredictionRow,
  RendersReport,
  StepPoint,
} from './judging/evaluation/report.ts';
export type { DistanceReport } from './judging/measures/distance.ts';
export type {
  AskedData,
  ConfigRow,
  CostData,
  FeedbackData,
  LineageRow,
  PictureRef,
  RaterRow,
  ReportData,
  RewardFacts,
  RewardGroup,
  RewardPoint,
  SampleGrid,
  StudyData,
  StudyPairData,
  TuningData,
  WatchData,
} from './judging/report/data.ts';
export type { TallyIntervals } from './judging/verdict/crossed-bootstrap.ts';
export type { NamedComparison } from './judging/verdict/plan.ts';
export type { Tally } from './judging/verdict/tally.ts';
export type { TensorComparison, Verdict } from './judging/verify/compare.ts';

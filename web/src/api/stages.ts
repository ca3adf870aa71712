// What the stages found, by the names that pages use.

import type { Output } from '../../../src/studio/contract/client.ts';

export type RewardData = NonNullable<Output<'getReward'>['reward']>;
export type RewardGroup = RewardData['groups'][number];
export type RewardPoint = RewardData['curve'][number];
export type WrongImage = Output<'getReward'>['worst'][number];
export type TuningData = NonNullable<Output<'getTuning'>['tuning']>;
export type SampleGrid = NonNullable<TuningData['samples']>;
export type WatchData = NonNullable<TuningData['watch']>;
export type StepPoint = TuningData['overSteps'][number];
export type EvaluationData = NonNullable<Output<'getEvaluation'>['evaluation']>;
export type MeasuresData = NonNullable<Output<'getEvaluation'>['measures']>;
export type Contestant = EvaluationData['contestants'][number];

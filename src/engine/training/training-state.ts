// Where parameters, moments and average live while they are trained: on the host or on a device.

import type { HostData } from '../runtime/program.ts';

export type StateName = 'params' | 'm' | 'v' | 'ema';

/** The tensors of a batch, by name. */
export type Feeds = Readonly<Record<string, HostData>>;

/** What the loss and gradient of a step came to, before it is taken. */
export interface StepResults {
  /** The loss and the further scalars of the loss function, means over the batches. */
  readonly figures: Readonly<Record<string, number>>;
  readonly gradNorm: number;
  /** Takes the step. It cannot be ended half-way; before it the state is the one before the step. */
  commit(): Promise<void>;
}

export interface TrainingState {
  /** @throws CollimateError INTERRUPTED where the signal ended it; the state is the one before. */
  compute(batches: readonly Feeds[], scalars: Feeds, signal?: AbortSignal): Promise<StepResults>;
  /** A vector [P], which the next step may change. */
  read(name: StateName): Promise<Float32Array>;
  /** Takes vectors [P] over. */
  load(vectors: Readonly<Record<string, Float32Array>>): void;
  dispose(): Promise<void>;
}

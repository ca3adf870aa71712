/**
 * Tests, their power, and distances between sets of features.
 *
 * @example
 * import { planPairs } from 'collimate/statistics';
 * console.log(planPairs({ win: 0.5, lose: 0.3 }).pairs); // 164
 */

export { type Cmmd, cmmdOf, sumKernels, type KernelSums } from './statistics/cmmd.ts';
export { planPairs, signTestPower, type Effect, type PowerPlan } from './statistics/power.ts';
export { signTest } from './statistics/sign-test.ts';

// Types that these signatures name.
export type { Interval } from './statistics/interval.ts';
export type { Estimate, LeftOut } from './statistics/jackknife.ts';

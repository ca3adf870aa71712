// The maker of sessions that calls the library itself.

import type { Maker } from '../runtime.ts';
import { openEnvironment } from './environment.ts';
import { createNativeSession } from './session.ts';

/** @throws CollimateError PROVIDER where the library is not there or of another version. */
export function nativeMaker(): Maker {
  const { api } = openEnvironment();
  return { name: 'native', version: api.version, createSession: createNativeSession };
}

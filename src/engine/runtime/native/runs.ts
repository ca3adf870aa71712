// One run on a thread of its own: it ends early where a signal asks for that, or the process ends.

import { interruptedError } from '../../../util/interrupt.ts';
import type { OpenLibrary } from './environment.ts';
import { type Pointer, pointerFrom } from './foreign.ts';

/** The options of runs under way, with the arrays that the library reads and writes: these must not be collected meanwhile. */
const underWay = new Map<Pointer, unknown>();
let hearsExit = false;

/** The process waits for its threads when it ends: runs must not keep it. */
function hearExit({ api }: OpenLibrary): void {
  if (hearsExit) return;
  hearsExit = true;
  process.on('exit', () => {
    for (const options of underWay.keys()) api.call.RunOptionsSetTerminate(options);
  });
}

export interface RunDetails {
  readonly settings: Readonly<Record<string, string>>;
  /** Whatever holds the arrays that the run reads and writes. */
  readonly arrays: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** @throws CollimateError INTERRUPTED where the signal ended the run. */
export async function runBinding(
  environment: OpenLibrary,
  session: Pointer,
  binding: Pointer,
  { settings, arrays, signal }: RunDetails,
): Promise<void> {
  if (signal?.aborted) throw interruptedError();
  hearExit(environment);
  const { api } = environment;
  const options = pointerFrom((out) => api.call.CreateRunOptions(out));
  const stop = () => api.call.RunOptionsSetTerminate(options);
  signal?.addEventListener('abort', stop);
  underWay.set(options, arrays);
  try {
    for (const [key, value] of Object.entries(settings)) api.call.AddRunConfigEntry(options, key, value);
    await api.async.run(session, options, binding);
  } catch (error) {
    throw signal?.aborted ? interruptedError() : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    underWay.delete(options);
    api.call.ReleaseRunOptions(options);
  }
}

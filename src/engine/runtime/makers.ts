// Which maker runs what. The native one does what it can, unless the environment names the other or the library is not there,
// which is said once.

import { CollimateError } from '../../util/errors.ts';
import type { Provider } from './providers.ts';
import type { Maker, MakerName } from './runtime.ts';

/** Names the maker: `native`, `node`, or unset for the better one that there is. */
const RUNTIME_VARIABLE = 'COLLIMATE_RUNTIME';

const NAMES: readonly MakerName[] = ['native', 'node'];

/** Providers that the native maker knows; onnxruntime-node runs the others. */
const NATIVE_PROVIDERS: ReadonlySet<Provider> = new Set<Provider>(['cpu', 'cuda']);

const opened = new Map<MakerName, Promise<Maker>>();

/** The maker of that name. @throws CollimateError PROVIDER where it does not load here. */
export function openMaker(name: MakerName): Promise<Maker> {
  const known = opened.get(name) ?? load(name);
  opened.set(name, known);
  return known;
}

async function load(name: MakerName): Promise<Maker> {
  if (name === 'node') return (await import('./node/maker.ts')).nodeMaker();
  try {
    return (await import('./native/maker.ts')).nativeMaker();
  } catch (error) {
    if (error instanceof CollimateError) throw error;
    throw new CollimateError(
      'PROVIDER',
      `runtime native: does not load here: ${(error as Error).message.split('\n')[0]}`,
      'Install with optional packages (koffi comes as one for each platform), or set COLLIMATE_RUNTIME=node.',
      { cause: error },
    );
  }
}

/** The maker that the environment names; undefined where it names none. @throws CollimateError USAGE where there is no such. */
function namedMaker(): MakerName | undefined {
  const text = process.env[RUNTIME_VARIABLE];
  if (!text) return undefined;
  const name = NAMES.find((each) => each === text);
  if (name) return name;
  throw new CollimateError('USAGE', `${RUNTIME_VARIABLE}: expected ${NAMES.join(' or ')}, got ${JSON.stringify(text)}`);
}

let told = false;

function tellFallback(error: Error): void {
  if (told) return;
  told = true;
  process.stderr.write(
    `${error.message}\n  Running through onnxruntime-node instead: slower, and busy while it computes.\n`,
  );
}

/**
 * The maker that runs programs on a provider.
 *
 * @throws CollimateError PROVIDER where the environment names one that does not load or does not know the provider.
 */
export async function chooseMaker(provider: Provider): Promise<Maker> {
  const named = namedMaker();
  if (!NATIVE_PROVIDERS.has(provider)) return openMaker('node');
  if (named) return openMaker(named);
  return openMaker('native').catch((error: Error) => {
    tellFallback(error);
    return openMaker('node');
  });
}

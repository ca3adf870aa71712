// The only place where functions of another language are called. A wrong signature or a freed buffer ends the process without
// a message, so every call goes through the table of `slots.ts`, with typed arguments and its status checked.

import koffi from 'koffi';
import { checkVersion, findLibrary } from './library.ts';
import { API_VERSION, type ApiName, type Kind, type ResultKind, SLOTS, type Slot } from './slots.ts';

/** An address in the library's memory, or of an array's elements. */
export type Pointer = bigint;

/** What a function writes a result to. */
export type Out<T> = [T | null];

interface Values {
  pointer: Pointer | null;
  int: number;
  size: number | bigint;
  text: string;
  path: string;
  texts: readonly string[];
  sizes: BigInt64Array;
  outPointer: Out<Pointer>;
  outSize: Out<number | bigint>;
}

interface Results {
  status: undefined;
  nothing: undefined;
  text: string;
  int: number;
}

type Arguments<A extends readonly Kind[]> = { -readonly [I in keyof A]: Values[A[I]] };

/** Each function by its name; what returns a status throws where it is none. */
type Calls = {
  readonly [K in ApiName]: (...args: Arguments<(typeof SLOTS)[K]['args']>) => Results[(typeof SLOTS)[K]['result']];
};

/** What an error of the library says of itself. */
export class NativeError extends Error {
  /** `OrtErrorCode` */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

export interface Api {
  readonly version: string;
  readonly path: string;
  readonly call: Calls;
  /** Calls on a thread of their own, so that the event loop goes on. */
  readonly async: {
    run(session: Pointer, options: Pointer, binding: Pointer): Promise<void>;
    createSession(env: Pointer, model: Uint8Array, options: Pointer): Promise<Pointer>;
  };
}

/** The library computes on the stack that it is given, and its matrix products keep panels there. */
const STACK_BYTES = 8 * 2 ** 20;

const C_TYPES: Record<Kind, () => Parameters<typeof koffi.out>[0]> = {
  pointer: () => 'void *',
  int: () => 'int',
  size: () => 'size_t',
  text: () => 'const char *',
  path: () => (process.platform === 'win32' ? 'const char16_t *' : 'const char *'),
  texts: () => 'const char **',
  sizes: () => 'const int64_t *',
  outPointer: () => koffi.out(koffi.pointer('void *')),
  outSize: () => koffi.out(koffi.pointer('size_t')),
};

const C_RESULTS: Record<ResultKind, string> = {
  status: 'void *',
  nothing: 'void',
  text: 'const char *',
  int: 'int',
};

/** Models that are being read: they must not be collected meanwhile. */
const inUse = new Set<Uint8Array>();

let loaded: Api | undefined;

/**
 * The library, opened once for the process.
 *
 * @throws CollimateError PROVIDER where it is not there or of another version; nothing of it has been called then.
 */
export function openApi(): Api {
  loaded ??= load(findLibrary());
  return loaded;
}

function load(path: string): Api {
  koffi.config({ ...koffi.config(), sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });
  const base: Pointer = koffi.load(path).func('OrtGetApiBase', 'void *', [])();
  const [getApi, getVersion] = koffi.decode(base, koffi.array('void *', 2)) as [Pointer, Pointer];
  const version: string = koffi.decode(getVersion, koffi.proto('const char *()'))();
  checkVersion(version, path);
  const table: Pointer = koffi.decode(getApi, koffi.proto('void *', ['uint32_t']))(API_VERSION);
  const last = Math.max(...Object.values(SLOTS).map(({ slot }) => slot));
  const places = koffi.decode(table, koffi.array('void *', last + 1)) as Pointer[];
  const functions = Object.fromEntries(
    Object.entries(SLOTS).map(([name, { slot, args, result }]: [string, Slot]) => [
      name,
      koffi.decode(
        places[slot],
        koffi.proto(
          C_RESULTS[result],
          args.map((kind) => C_TYPES[kind]()),
        ),
      ) as Foreign,
    ]),
  ) as Record<ApiName, Foreign>;
  return wrap(functions, version, path);
}

interface Foreign {
  (...args: unknown[]): unknown;
  async(...args: unknown[]): void;
}

function wrap(functions: Record<ApiName, Foreign>, version: string, path: string): Api {
  /** Turns a status into an error and gives it back to the library. */
  const check = (status: unknown): void => {
    if (status === null) return;
    const error = new NativeError(
      functions.GetErrorMessage(status) as string,
      functions.GetErrorCode(status) as number,
    );
    functions.ReleaseStatus(status);
    throw error;
  };
  const calls = Object.fromEntries(
    Object.entries(SLOTS).map(([name, { result }]) => {
      const call = functions[name as ApiName];
      return [name, result === 'status' ? (...args: unknown[]) => check(call(...args)) : call];
    }),
  ) as unknown as Calls;
  const later = (call: Foreign, ...args: unknown[]) =>
    new Promise<void>((resolve, reject) => {
      call.async(...args, (failure: Error | null, status: unknown) => {
        try {
          if (failure) throw failure;
          check(status);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  return {
    version,
    path,
    call: calls,
    async: {
      run: (session, options, binding) => later(functions.RunWithBinding, session, options, binding),
      async createSession(env, model, options) {
        const out: Out<Pointer> = [null];
        inUse.add(model);
        try {
          await later(functions.CreateSessionFromArray, env, addressOf(model), model.byteLength, options, out);
        } finally {
          inUse.delete(model);
        }
        return out[0]!;
      },
    },
  };
}

/** Opens a library that others need, so that they find it although it lies outside the system's folders. */
export function preload(path: string): void {
  koffi.load(path, { global: true });
}

/** What a function of the library wrote a pointer to. */
export function pointerFrom(write: (out: Out<Pointer>) => void): Pointer {
  const out: Out<Pointer> = [null];
  write(out);
  return out[0]!;
}

/** Where an array's elements lie. It must be referenced for as long as the library may look there. */
export function addressOf(data: ArrayBufferView): Pointer {
  void data.buffer; // small arrays lie among V8's own objects, which move, until somebody asks for their buffer
  return koffi.address(data);
}

/** A list of pointers that the library made. */
export function readPointers(list: Pointer, length: number): Pointer[] {
  return length === 0 ? [] : (koffi.decode(list, koffi.array('void *', length)) as Pointer[]);
}

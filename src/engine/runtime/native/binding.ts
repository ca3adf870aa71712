// A binding: values of the library over our arrays, given to a session's inputs and outputs by name.

import type { Binding, Held, HostData, HostTensor, RuntimeTensor } from '../runtime.ts';
import { NativeTensor } from './device-tensor.ts';
import { makeArray, wrapArray } from './environment.ts';
import { type Out, type Pointer, pointerFrom, readPointers } from './foreign.ts';
import { runBinding } from './runs.ts';
import type { SessionHandle } from './session.ts';

/** Releases what nobody released. */
const forgotten = new FinalizationRegistry<() => void>((release) => release());

export class NativeBinding implements Binding {
  readonly #session: SessionHandle;
  readonly #pointer: Pointer;
  /** Referenced for as long as the library may look at their elements. */
  readonly #held: Held;
  readonly #release: () => void;
  /** In the order in which they were first bound, in which the library lists their values. */
  readonly #boundOutputs = new Set<string>();

  constructor(session: SessionHandle, held: Held) {
    const { call } = session.environment.api;
    session.hold();
    const pointer = pointerFrom((out) => call.CreateIoBinding(session.pointer, out));
    let isReleased = false;
    this.#release = () => {
      if (isReleased) return;
      isReleased = true;
      call.ReleaseIoBinding(pointer);
      session.letGo();
    };
    forgotten.register(this, this.#release, this);
    this.#session = session;
    this.#pointer = pointer;
    this.#held = held;
    for (const [name, tensor] of Object.entries(held.inputs)) this.#bindInput(name, tensor);
    for (const [name, data] of Object.entries(held.outputs)) this.#bindOutput(name, data);
  }

  async run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    signal?: AbortSignal,
  ): Promise<Record<string, RuntimeTensor>> {
    const { environment, pointer, runSettings } = this.#session;
    for (const [name, tensor] of Object.entries(feeds)) this.#bindInput(name, tensor);
    const results = this.#bindResults();
    const arrays = [feeds, results, this.#held];
    await runBinding(environment, pointer, this.#pointer, { settings: runSettings, arrays, signal });
    return { ...results, ...this.#takeFromDevice() };
  }

  release(): void {
    forgotten.unregister(this);
    this.#release();
  }

  /** Gives the outputs that are not held an array each, or the device. */
  #bindResults(): Record<string, RuntimeTensor> {
    const { environment, kept, device, outputs } = this.#session;
    const results: Record<string, RuntimeTensor> = {};
    for (const [name, { dtype, shape }] of outputs) {
      if (name in this.#held.outputs) continue;
      if (kept.has(name)) {
        this.#boundOutputs.add(name);
        environment.api.call.BindOutputToDevice(this.#pointer, name, device!);
        continue;
      }
      const data = makeArray(dtype, shape);
      this.#bindOutput(name, data);
      results[name] = { location: 'cpu', dtype, shape, data };
    }
    return results;
  }

  /** The outputs that the library made on the device: ours to free. */
  #takeFromDevice(): Record<string, NativeTensor> {
    const { environment, kept } = this.#session;
    if (kept.size === 0) return {};
    const { api, allocator } = environment;
    const [list, length]: [Out<Pointer>, Out<number | bigint>] = [[null], [null]];
    api.call.GetBoundOutputValues(this.#pointer, allocator, list, length);
    const values = readPointers(list[0]!, Number(length[0]));
    api.call.AllocatorFree(allocator, list[0]);
    const taken: Record<string, NativeTensor> = {};
    [...this.#boundOutputs].forEach((name, i) => {
      if (kept.has(name)) taken[name] = new NativeTensor(this.#session, values[i]!);
      else api.call.ReleaseValue(values[i]!);
    });
    return taken;
  }

  #bindInput(name: string, tensor: RuntimeTensor): void {
    const { call } = this.#session.environment.api;
    if (tensor instanceof NativeTensor) return void call.BindInput(this.#pointer, name, tensor.pointer);
    const { data, dtype, shape } = tensor as HostTensor;
    this.#with(wrapArray(this.#session.environment, data, dtype, shape), (value) =>
      call.BindInput(this.#pointer, name, value),
    );
  }

  #bindOutput(name: string, data: HostData): void {
    const { environment, outputs } = this.#session;
    const { dtype, shape } = outputs.get(name)!;
    this.#boundOutputs.add(name);
    this.#with(wrapArray(environment, data, dtype, shape), (value) =>
      environment.api.call.BindOutput(this.#pointer, name, value),
    );
  }

  /** The binding shares a value that it is given: ours is released at once. */
  #with(value: Pointer, use: (value: Pointer) => void): void {
    try {
      use(value);
    } finally {
      this.#session.environment.api.call.ReleaseValue(value);
    }
  }
}

// A value of the library in the memory of its device. It keeps its session: freeing it later would end the process.

import type { Provider } from '../providers.ts';
import type { DeviceTensor } from '../runtime.ts';
import type { Pointer } from './foreign.ts';
import type { SessionHandle } from './session.ts';

export class NativeTensor implements DeviceTensor {
  readonly location = 'device';
  readonly pointer: Pointer;
  readonly provider: Provider;
  readonly #session: SessionHandle;

  constructor(session: SessionHandle, pointer: Pointer) {
    session.hold();
    this.#session = session;
    this.pointer = pointer;
    this.provider = session.provider;
  }

  free(): void {
    this.#session.environment.api.call.ReleaseValue(this.pointer);
    this.#session.letGo();
  }
}

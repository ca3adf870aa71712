// What a graph is asked for: its outputs by name, and the inputs that they need.

import { CollimateError } from '../../util/errors.ts';
import { type Tensor, topologicalOrder } from '../graph/tensor.ts';
import { formatType, type TensorType } from '../graph/types.ts';

/** The named outputs of a graph; its inputs are the `input` nodes that these reach. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** The inputs that a graph's outputs need, by name; inputs of the same name are one. */
export function inputsOf(outputs: Outputs): Map<string, TensorType> {
  const inputs = new Map<string, TensorType>();
  for (const { op, attrs } of topologicalOrder(Object.values(outputs))) {
    if (op !== 'input') continue;
    const { name, dtype, shape } = attrs as { name: string } & TensorType;
    const known = inputs.get(name);
    if (known && formatType(known) !== formatType({ dtype, shape }))
      throw new CollimateError(
        'SHAPE',
        `graph: input ${name} is both ${formatType(known)} and ${formatType({ dtype, shape })}`,
      );
    inputs.set(name, { dtype, shape });
  }
  return inputs;
}

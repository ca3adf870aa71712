// Text encoders against their references: what each gives of ids, and the conditions that come of it.

import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { compile } from '../../engine/runtime/program.ts';
import type { Conditions, DiffusionModel } from '../../models/families/model.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { evaluateOutputs } from './evaluate-outputs.ts';
import type { Golden } from './golden.ts';
import { nameOfCondition } from './golden-inputs.ts';

/** The reference files' names of the ids of each encoder. */
const IDS = ['input_ids', 'input_ids_2', 'input_ids_3'];

/** What an encoder gave, and as what it stands in a graph. */
interface Given {
  readonly values: Conditions;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly length: number;
}

/** Compares each condition of prompts, and what T5 gives, with it and without. */
export async function* checkText(model: DiffusionModel, golden: Golden): AsyncGenerator<TensorComparison> {
  const given: Given[] = [];
  for (const [i, encoder] of model.prompts.encoders.entries()) {
    const name = IDS[i]!;
    const { shape } = golden.tensor(name);
    let outputs: Readonly<Record<string, Tensor>> = {};
    const values = await evaluateOutputs(
      (p) => {
        outputs = encoder.outputs(p, input('ids', shape, 'int64'));
        return { ...outputs };
      },
      model.parameters(encoder.component),
      { ids: golden.ids(name) },
      encoder.component,
    );
    const inputs = Object.entries(outputs).map(([output, like]) => [output, input(`${i}.${output}`, like.shape)]);
    given.push({ values: values as Conditions, inputs: Object.fromEntries(inputs), length: shape[1]! });
  }
  const lengths = given.map(({ length }) => length);
  for (const [name, values] of Object.entries(await combine(model, given, lengths))) {
    const stored = nameOfCondition(golden, name);
    yield compareTensors(`sd.${stored}`, values, golden.tensor(stored));
  }
  if (!golden.names.includes('context_without_t5')) return;
  const states = given[2]!.values.states!;
  yield compareTensors('sd.text_3_last_hidden_state', states, golden.tensor('text_3_last_hidden_state'));
  const { context: without } = await combine(model, given.slice(0, 2), lengths);
  yield compareTensors('sd.context_without_t5', without!, golden.tensor('context_without_t5'));
}

/** The conditions of prompts that the encoders gave these of. */
async function combine(
  { prompts }: DiffusionModel,
  given: readonly Given[],
  lengths: readonly number[],
): Promise<Record<string, Float32Array>> {
  const all = prompts.combine(
    given.map(({ inputs }) => inputs),
    lengths,
  );
  const program = await compile(all);
  const feeds = given.flatMap(({ values }, i) =>
    Object.entries(values).map(([name, data]) => [`${i}.${name}`, data] as const),
  );
  const results = await program.run(Object.fromEntries(feeds)).finally(() => program.dispose());
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

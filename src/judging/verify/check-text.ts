// Text encoders against their references: what each gives of ids, and the conditions that come of it.

import { input } from '../../engine/graph/tensor.ts';
import type { Conditions, DiffusionModel } from '../../models/families/model.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { evaluateOutputs } from './evaluate-outputs.ts';
import type { Golden } from './golden.ts';
import { nameOfCondition } from './golden-inputs.ts';

/** The reference files' names of the ids of each encoder. */
const IDS = ['input_ids', 'input_ids_2', 'input_ids_3'];

/** Compares each condition of prompts, and what T5 gives, with it and without. */
export async function* checkText(model: DiffusionModel, golden: Golden): AsyncGenerator<TensorComparison> {
  const { encoders } = model.prompts;
  const outputs: Conditions[] = [];
  for (const [i, encoder] of encoders.entries()) {
    const name = IDS[i]!;
    const { shape } = golden.tensor(name);
    const results = await evaluateOutputs(
      (p) => ({ ...encoder.outputs(p, input('ids', shape, 'int64')) }),
      model.parameters(encoder.component),
      { ids: golden.ids(name) },
      encoder.component,
    );
    outputs.push(results as Conditions);
  }
  const lengths = encoders.map((_, i) => golden.tensor(IDS[i]!).shape[1]!);
  const rows = golden.tensor(IDS[0]!).shape[0]!;
  for (const [name, values] of Object.entries(model.prompts.combine(outputs, lengths, rows))) {
    const stored = nameOfCondition(golden, name);
    yield compareTensors(`sd.${stored}`, values, golden.tensor(stored));
  }
  if (!golden.names.includes('context_without_t5')) return;
  const states = outputs[2]!.states!;
  yield compareTensors('sd.text_3_last_hidden_state', states, golden.tensor('text_3_last_hidden_state'));
  const without = model.prompts.combine(outputs.slice(0, 2), lengths, rows).context!;
  yield compareTensors('sd.context_without_t5', without, golden.tensor('context_without_t5'));
}

import { suite, test } from 'node:test';
import type { OpName } from '../graph/ops.ts';
import { checkOp } from './testing/check-op.ts';
import { opCases } from './testing/op-cases.ts';

suite('operations on the CPU, with the same bits from both makers', () => {
  for (const [op, cases] of Object.entries(opCases))
    for (const one of cases) test(`${op}: ${one.title}`, () => checkOp(op as OpName, one, 'cpu', ['node']));
});

// What raters are told where a rule of the project speaks: what was seen, never how it is reckoned.

import type { WordKey } from '../words/words.ts';
import type { Standing } from './port.ts';

export const RULE_WORDS = {
  gold: 'ruleGold',
  agreement: 'ruleAgreement',
  seconds: 'ruleSeconds',
  run: 'ruleRun',
  test: 'ruleTest',
  admin: 'ruleAdmin',
} as const satisfies { readonly [R in Standing['notices'][number]['rule']]: WordKey };

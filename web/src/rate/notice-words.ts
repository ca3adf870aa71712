// What raters are told where a rule of the project speaks: what was seen, never how it is reckoned.

import type { Standing } from './port.ts';

export const NOTICE_WORDS: { readonly [R in Standing['notices'][number]['rule']]: string } = {
  gold: 'Several of your answers differ from what is known about those pictures.',
  agreement: 'Your answers differ from those of most other raters more often than is usual.',
  seconds: 'Many of your answers came faster than a picture and its prompt can be looked at.',
  run: 'You gave the same answer very many times in a row.',
  admin: 'Whoever runs this project has paused you.',
};

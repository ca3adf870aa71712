// A message of the server: what stands between backticks is code.

import { Fragment } from 'react';

export function Words({ text }: { readonly text: string }) {
  return text.split(/`([^`]*)`/).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their places
    i % 2 === 1 ? <code key={i}>{part}</code> : <Fragment key={i}>{part}</Fragment>,
  );
}

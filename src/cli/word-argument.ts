// An argument that is one of few words: help and completion know them. What is none of them is refused by what it names.

import { Argument } from 'commander';

export function wordArgument(name: string, description: string, words: readonly string[]): Argument {
  const argument = new Argument(name, description);
  argument.argChoices = [...words];
  return argument;
}

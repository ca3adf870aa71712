// Numbers after a flag, for commander: it names the flag and what came, these say what was expected.

import { InvalidArgumentError, Option } from 'commander';

export function wholeNumber(least: number, most?: number) {
  return readNumber('a whole number', least, most, Number.isSafeInteger);
}

export function numberBetween(least: number, most: number) {
  return readNumber('a number', least, most);
}

/** `--seeds 1,2,3` */
export function createSeedsOption(): Option {
  return new Option('--seeds <list>', 'seeds, separated by commas').argParser(readSeeds).default([1, 2, 3], '1,2,3');
}

function readSeeds(text: string): number[] {
  const seeds = text.split(',').map(toNumber);
  if (seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) return seeds;
  throw new InvalidArgumentError('expected whole numbers with commas between, such as 1,2,3.');
}

function readNumber(kind: string, least: number, most?: number, isKind: (value: number) => boolean = () => true) {
  return (text: string): number => {
    const value = toNumber(text);
    if (isKind(value) && value >= least && value <= (most ?? Number.POSITIVE_INFINITY)) return value;
    throw new InvalidArgumentError(`expected ${kind} from ${least}${most === undefined ? '' : ` to ${most}`}.`);
  };
}

/** NaN for what is empty, which `Number` takes for 0. */
const toNumber = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));

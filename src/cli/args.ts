// Reading the raw arguments before commander does.

/** Arguments with `--learning_rate` spelled `--learning-rate`, so that both are understood. */
export function normalizeFlags(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, i) => {
    if (!arg.startsWith('--') || (end >= 0 && i >= end)) return arg;
    const [name, ...value] = arg.split('=');
    return [name!.replaceAll('_', '-'), ...value].join('=');
  });
}

/** The flags of every command whose value is a word of its own. */
const WITH_VALUE: readonly (string | undefined)[] = ['-C', '--project', '--log'];

/** The words of `args` that are neither flags nor the value of one that stands before the command: the command comes first among them. */
export function findOperands(args: readonly string[]): string[] {
  return args.filter((arg, i) => !arg.startsWith('-') && !WITH_VALUE.includes(args[i - 1]));
}

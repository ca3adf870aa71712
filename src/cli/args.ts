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

/** The words of `args` that are neither flags nor the folder of --project: the command comes first among them. */
export function findOperands(args: readonly string[]): string[] {
  return args.filter((arg, i) => !arg.startsWith('-') && args[i - 1] !== '-C' && args[i - 1] !== '--project');
}

// How long answers took. Those that came from a file without a time have 0, which nobody takes.

/** The milliseconds of the answers whose time is known, in their order. */
export function knownTimes(answers: readonly { readonly milliseconds: number }[]): number[] {
  return answers.map(({ milliseconds }) => milliseconds).filter((milliseconds) => milliseconds > 0);
}

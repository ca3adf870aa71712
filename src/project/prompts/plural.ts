// The regular plural of an English noun; irregular ones are given beside the word.

/** Animals of which many are called as one is. */
const UNCHANGED = /(fish|sheep|deer|moose|bison)$/;

/**
 * @example
 * pluralOf('fire truck'); // 'fire trucks'
 * pluralOf('box'); // 'boxes'
 * pluralOf('berry'); // 'berries'
 * pluralOf('fish'); // 'fish'
 */
export function pluralOf(singular: string): string {
  if (UNCHANGED.test(singular)) return singular;
  if (/(s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

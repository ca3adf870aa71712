// The regular plural of an English noun; irregular ones are given beside the word.

/**
 * @example
 * pluralOf('fire truck'); // 'fire trucks'
 * pluralOf('box'); // 'boxes'
 * pluralOf('berry'); // 'berries'
 */
export function pluralOf(singular: string): string {
  if (/(s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

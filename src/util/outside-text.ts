// Text from outside, wherever it comes in: what is stored is the same on every database and reads the same everywhere.

/** Everything but line breaks and tabs that no reader shows: C0, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0e-\x1f\x7f-\x9f]/;

/**
 * A text without blanks and byte order marks around it, its lines ending in line feeds.
 *
 * @example
 * tidyText('\uFEFF two red dogs \r\n'); // 'two red dogs'
 */
export function tidyText(text: string): string {
  return text.replace(/\r\n|[\r\v\f]/g, '\n').trim();
}

/** A text without the letters that no reader shows, but by which a terminal can be steered. */
export function withoutControls(text: string): string {
  return text.replace(new RegExp(CONTROL, 'g'), '');
}

/**
 * A name as one line: lists, tables and messages show names between other words.
 *
 * @example
 * tidyName(' Ann\r\n\tDroste\n'); // 'Ann Droste'
 */
export function tidyName(text: string): string {
  return tidyText(text).replace(/\s*[\t\n\u2028\u2029]\s*/g, ' ');
}

const NETWORK = /<(?:lora|lyco|hypernet):[^<>]*>/gi;

/** How it is told that `withoutNetworks` changed a text. */
export const NETWORKS_TAKEN_OUT =
  '<lora:…> and the like taken out of a prompt: they name files, which no picture shows';

/**
 * A prompt without what AUTOMATIC1111 and others read as the names of network files.
 *
 * @example
 * withoutNetworks('a red fox, <lora:oil:0.8>, at night'); // 'a red fox, at night'
 */
export function withoutNetworks(text: string): string {
  const rest = text.replace(NETWORK, '');
  if (rest === text) return text;
  return rest
    .replace(/,[\s,]*,/g, ',')
    .replace(/^[\s,]+|[\s,]+$/g, '')
    .replace(/[ \t]{2,}/g, ' ');
}

/**
 * What keeps a text from being stored as it is: databases cut at NUL or refuse it, half a surrogate pair becomes another
 * letter, and control characters are the trace of another encoding. Undefined where nothing does.
 *
 * @example
 * findTextFault('nul \0'); // 'has the control character U+0000'
 */
export function findTextFault(text: string): string | undefined {
  const control = CONTROL.exec(text)?.[0];
  if (control !== undefined) return `has the control character ${nameCode(control)}`;
  const half = /\p{Surrogate}/u.exec(text)?.[0];
  return half === undefined ? undefined : `has half a letter (the lone surrogate ${nameCode(half)})`;
}

const nameCode = (letter: string) => `U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

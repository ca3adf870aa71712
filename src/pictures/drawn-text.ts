// What the file of a picture says of how it was drawn: under `parameters` as web UIs write it into PNG, in the EXIF comment as
// they write it into JPEG and WebP, or as the graph of ComfyUI.

import { readComfyPrompt } from './comfy-prompt.ts';
import { readExif } from './exif.ts';
import { PARAMETERS } from './image.ts';
import { formatParameters, parseParameters } from './parameters.ts';
import { readPngTexts } from './png-text.ts';

/** Letters of the text that are kept. */
const MOST_LETTERS = 10_000;

/** The text in the form of `parameters`, as far as it can be printed and kept; undefined where the file has none. */
export function readDrawnText(bytes: Uint8Array): string | undefined {
  return readDrawnTexts(bytes)[0]?.slice(0, MOST_LETTERS).trim();
}

/** Everything that a file says of how it was drawn, whole, the text that counts first: programs add to what others wrote. */
export function readDrawnTexts(bytes: Uint8Array): string[] {
  const graphs = readPngTexts(bytes, 'prompt').map(readGraph);
  const texts = [...readPngTexts(bytes, PARAMETERS), ...graphs, readExifText(bytes)];
  return [...new Set(texts.flatMap((text) => (text === undefined ? [] : tidyDrawn(text))))];
}

const tidyDrawn = (text: string) =>
  text
    .replace(/\r\n?/g, '\n')
    // A tab between two words is a space between them; nothing is joined.
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .trim();

function readExifText(bytes: Uint8Array): string | undefined {
  const exif = readExif(bytes);
  // Cameras and editors write comments too: those of a program that draws have settings.
  const comment = exif?.comment;
  if (comment !== undefined && Object.keys(parseParameters(comment).settings).length > 0) return comment;
  return exif?.model?.startsWith('prompt:') ? readGraph(exif.model.slice('prompt:'.length)) : undefined;
}

function readGraph(json: string | undefined): string | undefined {
  const read = json === undefined ? undefined : readComfyPrompt(json);
  return read && formatParameters(read);
}

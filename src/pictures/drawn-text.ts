// What the file of a picture says of how it was drawn: under the keywords of several programs in PNG, in the EXIF comment of
// other files or in the comment of a GIF, in the form of `parameters`, as JSON, or as the graph of ComfyUI.

import { readComfyPrompt } from './comfy-prompt.ts';
import { readExif } from './exif.ts';
import { readGifComment } from './gif-comment.ts';
import { PARAMETERS } from './image.ts';
import { type DrawParameters, formatParameters, parseFields, parseParameters } from './parameters.ts';
import { readPngTexts } from './png-text.ts';

/** Letters of the text that are kept. */
const MOST_LETTERS = 10_000;

const format = (read: DrawParameters | undefined) => read && formatParameters(read);

/** Keywords in PNG, and what of the text there is kept; that of `parameters` stands as it is. */
const PNG_TEXTS: Readonly<Record<string, (text: string) => string | undefined>> = {
  [PARAMETERS]: (text) => text,
  prompt: (text) => format(readComfyPrompt(text)),
  invokeai_metadata: (text) => format(parseFields(text)),
  // NovelAI's; others write what they like under this word.
  Comment: (text) => format(parseFields(text)),
};

/** The text in the form of `parameters`, as far as it can be printed and kept; undefined where the file has none. */
export function readDrawnText(bytes: Uint8Array): string | undefined {
  return readDrawnTexts(bytes)[0]?.slice(0, MOST_LETTERS).trim();
}

/** Everything that a file says of how it was drawn, whole, the text that counts first: programs add to what others wrote. */
export function readDrawnTexts(bytes: Uint8Array): string[] {
  const inPng = Object.entries(PNG_TEXTS).flatMap(([keyword, read]) => readPngTexts(bytes, keyword).map(read));
  const texts = [...inPng, readExifText(bytes), onlyDrawn(readGifComment(bytes))];
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
  const drawn = onlyDrawn(exif?.comment);
  if (drawn !== undefined) return drawn;
  return exif?.model?.startsWith('prompt:') ? format(readComfyPrompt(exif.model.slice('prompt:'.length))) : undefined;
}

/** Cameras and editors write comments too: those of a program that draws have settings. */
function onlyDrawn(comment: string | undefined): string | undefined {
  return comment !== undefined && Object.keys(parseParameters(comment).settings).length > 0 ? comment : undefined;
}

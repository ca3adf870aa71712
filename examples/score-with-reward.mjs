// Scores a picture against a prompt with an exported reward function. It needs onnxruntime-node and nothing else.
//
//   npx collimate reward export --out reward.onnx
//   node examples/score-with-reward.mjs reward.onnx picture.ppm two green dogs
//
// The picture is a binary PPM of the size that reward.json names. Prompts are plain English; a full tokenizer takes any text.

import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model, picture, ...words] = process.argv.slice(2);
const { pixels, ids } = JSON.parse(readFileSync(model.replace(/onnx$/, 'json'), 'utf8'));
const rank = new Map(ids.merges.map((pair, i) => [pair, i]));

/** The byte pairs of a word: again and again the two neighbours that come first in the list become one. */
function split(word) {
  const parts = [...word.slice(0, -1), `${word.at(-1)}</w>`];
  for (;;) {
    const ranks = parts.slice(1).map((part, i) => rank.get(`${parts[i]} ${part}`) ?? Infinity);
    const best = ranks.indexOf(Math.min(...ranks));
    if (best < 0 || ranks[best] === Infinity) return parts;
    parts.splice(best, 2, parts[best] + parts[best + 1]);
  }
}

const pieces =
  words
    .join(' ')
    .toLowerCase()
    .match(/[a-z]+|[0-9]|[^\sa-z0-9]+/g) ?? [];
const tokens = pieces.flatMap(split).map((piece) => ids.vocab[piece]);
const row = [ids.start, ...tokens.slice(0, ids.length - 2), ids.end];
while (row.length < ids.length) row.push(ids.pad);

const { side, mean, deviation, divisor = 255 } = pixels;
const rgb = readFileSync(picture).subarray(-3 * side * side);
const plane = Float32Array.from({ length: rgb.length }, (_, i) => {
  const [channel, pixel] = [Math.floor(i / side ** 2), i % side ** 2];
  return (rgb[3 * pixel + channel] / divisor - mean[channel]) / deviation[channel];
});

const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
const { score } = await session.run({
  pixels: new Tensor('float32', plane, [1, 3, side, side]),
  ids: new Tensor('int64', BigInt64Array.from(row, BigInt), [1, ids.length]),
});
console.log(score.data[0].toFixed(6));

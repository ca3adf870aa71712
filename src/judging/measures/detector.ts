// Objects in pictures, by a detector that the user supplies as an ONNX file with a config.

import { type FileTensor, openModelFile } from '../../engine/runtime/node/model-file.ts';
import type { RgbImage } from '../../models/clip/resample.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashFilesOnce } from '../../util/file-hashes.ts';
import { type DetectorConfig, detectorConfigSchema, prepareInput, readNetworkConfig } from './network-config.ts';

/** Left, top, right, bottom in pixels of the picture. */
export type Box = readonly [number, number, number, number];

export interface Detection {
  readonly box: Box;
  readonly score: number;
}

/** Detections by the name of their class, the most certain first; only classes that were found. */
export type Detections = ReadonlyMap<string, readonly Detection[]>;

export interface Detector {
  readonly name: string;
  readonly hash: string;
  readonly classes: readonly string[];
  /** Objects above the threshold, which is higher where they are to be counted. */
  detect(picture: RgbImage, counting: boolean): Promise<Detections>;
  dispose(): Promise<void>;
}

/** @throws CollimateError CONFIG, WEIGHTS; SHAPE where the outputs are not what the config says. */
export async function openDetector(configPath: string, engine: EngineOptions = {}): Promise<Detector> {
  const config = readNetworkConfig(configPath, detectorConfigSchema);
  const network = await openModelFile(config.model, engine);
  return {
    name: config.name,
    hash: hashFilesOnce(network.files),
    classes: config.classes,
    async detect(picture, counting) {
      const { tensor, scale } = prepareInput(picture, config.input);
      const raw = decode(await network.run({ [config.input.name]: tensor }), config, picture, scale);
      return keepBest(raw, config, counting ? config.countingThreshold : config.threshold);
    },
    dispose: () => network.dispose(),
  };
}

/** A box of one class, before any is left out. */
export interface RawDetection extends Detection {
  readonly label: number;
}

type Outputs = Readonly<Record<string, FileTensor>>;

function decode(
  outputs: Outputs,
  config: DetectorConfig,
  picture: RgbImage,
  [scaleX, scaleY]: readonly [number, number],
): RawDetection[] {
  const { decode: how, classes, input } = config;
  const read = (name: string) => {
    const found = outputs[name];
    if (found) return found;
    throw wrong(config, `an output ${name}`, Object.keys(outputs).join(', '));
  };
  const fromInput = ([x0, y0, x1, y1]: Box): Box => [x0 / scaleX, y0 / scaleY, x1 / scaleX, y1 / scaleY];
  const cornersOf = (x: number, y: number, w: number, h: number): Box => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
  if (how.type === 'yolo')
    return decodeYolo(read(how.output), classes.length, config, (...b) => fromInput(cornersOf(...b)));
  if (how.type === 'detr')
    return decodeDetr(read(how.logits), read(how.boxes), how.activation, classes.length, (x, y, w, h) =>
      fromInput(cornersOf(x * input.width, y * input.height, w * input.width, h * input.height)),
    );
  const [boxes, scores, labels] = [read(how.boxes), read(how.scores), read(how.labels)];
  const [unitX, unitY] = how.normalized ? [input.width, input.height] : [1, 1];
  return Array.from(scores.data as ArrayLike<number>, (score, i) => {
    const [x0, y0, x1, y1] = Array.from(boxes.data.slice(4 * i, 4 * i + 4), Number) as [number, number, number, number];
    const box = fromInput([x0 * unitX, y0 * unitY, x1 * unitX, y1 * unitY]);
    return { box: clip(box, picture), score: Number(score), label: Number(labels.data[i]) - how.firstLabel };
  });
}

type MakeBox = (x: number, y: number, w: number, h: number) => Box;

/** Either way round: N is the long side. 5 + C values a box are YOLOv5's, whose fifth is the chance that anything is there. */
function decodeYolo(
  { data, shape }: FileTensor,
  classes: number,
  config: DetectorConfig,
  makeBox: MakeBox,
): RawDetection[] {
  const [, rows = 0, columns = 0] = shape.length === 3 ? shape : [1, ...shape];
  const valuesFirst = rows === 4 + classes || (rows === 5 + classes && columns !== 4 + classes);
  const [values, count] = valuesFirst ? [rows, columns] : [columns, rows];
  if (values !== 4 + classes && values !== 5 + classes)
    throw wrong(config, `${4 + classes} or ${5 + classes} values a box for ${classes} classes`, shape.join('×'));
  const at = (value: number, i: number) => Number(data[valuesFirst ? value * count + i : i * values + value]);
  const first = values - classes;
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const box = makeBox(at(0, i), at(1, i), at(2, i), at(3, i));
    const there = first === 5 ? at(4, i) : 1;
    return Array.from({ length: classes }, (_, label) => ({ box, score: there * at(first + label, i), label }));
  });
}

function decodeDetr(
  logits: FileTensor,
  boxes: FileTensor,
  activation: 'softmax' | 'sigmoid',
  classes: number,
  makeBox: MakeBox,
): RawDetection[] {
  const width = logits.shape.at(-1)!;
  const count = logits.data.length / width;
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const row = Array.from(logits.data.slice(i * width, (i + 1) * width), Number);
    const [x, y, w, h] = Array.from(boxes.data.slice(4 * i, 4 * i + 4), Number) as [number, number, number, number];
    const box = makeBox(x, y, w, h);
    const scores = activation === 'softmax' ? softmax(row) : row.map((value) => 1 / (1 + Math.exp(-value)));
    return scores.slice(0, classes).map((score, label) => ({ box, score, label }));
  });
}

function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

function clip([x0, y0, x1, y1]: Box, { width, height }: RgbImage): Box {
  return [Math.max(0, x0), Math.max(0, y0), Math.min(width, x1), Math.min(height, y1)];
}

/**
 * The boxes that count, by class: above the threshold, at most `maxObjects`, the most certain first, without those that
 * overlap a more certain one of their class by `maxOverlap` or more (1 keeps all). GenEval's order of these steps.
 */
export function keepBest(
  raw: readonly RawDetection[],
  { classes, maxObjects, maxOverlap }: Pick<DetectorConfig, 'classes' | 'maxObjects' | 'maxOverlap'>,
  threshold: number,
): Detections {
  const kept = new Map<string, Detection[]>();
  classes.forEach((name, label) => {
    let open = raw
      .filter((one) => one.label === label && one.score > threshold)
      .sort((a, b) => b.score - a.score)
      .slice(0, maxObjects);
    const own: Detection[] = [];
    for (let best = open.shift(); best; best = open.shift()) {
      const { box, score } = best;
      own.push({ box, score });
      if (maxOverlap < 1) open = open.filter((other) => overlap(box, other.box) < maxOverlap);
    }
    if (own.length > 0) kept.set(name, own);
  });
  return kept;
}

/** Intersection over union with both ends of a box counted as pixels, as GenEval has it. */
export function overlap(a: Box, b: Box): number {
  const area = ([x0, y0, x1, y1]: Box) => Math.max(x1 - x0 + 1, 0) * Math.max(y1 - y0 + 1, 0);
  const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  const either = area(a) + area(b) - both;
  return either === 0 ? 0 : both / either;
}

function wrong({ model }: DetectorConfig, expected: string, came: string): CollimateError {
  return new CollimateError(
    'SHAPE',
    `${model}: expected ${expected}, got ${came}`,
    'Correct `decode` and `classes` in the config.',
  );
}

/**
 * The embedded world: scenes, how they are rendered, and the judge who tells what a picture shows.
 *
 * @example
 * import { random } from 'collimate/util';
 * import { openJudge, renderScene, sampleScene } from 'collimate/world';
 * const scene = sampleScene({ count: 2, color: 'green', subject: 'dog', background: 'city' }, random(1, 'scene'));
 * const judge = await openJudge();
 * const [seen] = await judge.judge([renderScene(scene)]);
 * console.log(seen!.parts.count, seen!.parts.color); // 2 green
 * await judge.dispose();
 */

// The embedded world.
export { type Scene, sampleScene } from './world/scenes/scene.ts';
export { renderScene } from './world/scenes/render.ts';
export { answerFor, openJudge, type Surety } from './world/judge/judge.ts';
export type {
  Asked,
  Seen,
  World,
  WorldJudge,
  JudgeEngine,
  RaterSettings,
  SeenPair,
  SeenSets,
  ShownImage,
  SimulatedAnswer,
  SimulatedPairAnswer,
  SimulatedPairRater,
  SimulatedRater,
  WorldAnswer,
  WorldPair,
  WorldPrompt,
} from './world/world.ts';
export { openWorld, type WorldName } from './world/worlds/worlds.ts';

// Types that these signatures name.
export type { JudgeClasses, JudgeHead } from './world/judge/classes.ts';
export type { JudgeDesign } from './world/judge/designs.ts';
export type { Example, ExampleLabels } from './world/judge/examples.ts';
export type { JudgeNetwork, JudgeOutputs } from './world/judge/network.ts';
export type { PlacePainter } from './world/scenes/backgrounds.ts';
export type { Canvas } from './world/scenes/canvas.ts';
export type { ColorTones, Rgb } from './world/scenes/palette.ts';
export type { Scenery } from './world/scenes/scenery.ts';
export type { Sprite, Tone } from './world/scenes/sprites.ts';

// The public surface, by explicit names, in the order that data flows. What is not named here may change without notice.

// Errors and random numbers.
export { CollimateError, type ErrorCode } from './util/errors.ts';
export { type Random, random } from './util/random.ts';

// Graphs: tensors without values, and the functions that models and losses are written in.
export type { DType, Shape, TensorType } from './graph/types.ts';
export { input, type Tensor } from './graph/tensor.ts';
export {
  abs,
  add,
  attention,
  cast,
  checkpoint,
  concat,
  constant,
  conv2d,
  cos,
  div,
  equal,
  erf,
  exp,
  expand,
  gather,
  gelu,
  greater,
  groupNorm,
  layerNorm,
  log,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  type Operand,
  pad,
  quickGelu,
  reciprocal,
  relu,
  reshape,
  scalar,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  split,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  transpose,
  upsampleNearest2x,
  where,
  zeros,
} from './graph/functions.ts';
export { type GradOptions, grad } from './graph/grad.ts';

// Graphs as ONNX, and as programs compiled for a provider.
export { dump, type Outputs, toBytes } from './onnx/model.ts';
export { type CompileOptions, compile, type HostData, type Program, type Value } from './runtime/program.ts';
export { listProviders, PROVIDERS, type Provider } from './runtime/providers.ts';

// Named parameters and layers; a layer that shares the name of a function says so.
export {
  constantParams,
  countParams,
  declareParams,
  flatParams,
  type Init,
  initParams,
  type ParamSpec,
  type Params,
  packParams,
  unpackParams,
} from './nn/params.ts';
export {
  conv2d as conv2dLayer,
  embedding,
  groupNorm as groupNormLayer,
  layerNorm as layerNormLayer,
  linear,
} from './nn/layers.ts';
export { mlp } from './nn/mlp.ts';
export { type LoraShape, withLora } from './nn/lora.ts';

// Training.
export { ADAMW_DEFAULTS, type AdamWConfig, adamw, adamwCorrections } from './optim/adamw.ts';
export { clipByGlobalNorm } from './optim/clip.ts';
export { emaDecayAt, updateEma } from './optim/ema.ts';
export { type LearningRateSchedule, learningRateAt } from './optim/schedule.ts';
export type { Batch, BatchTypes, LossFunction, LossResult } from './training/step.ts';
export { createTrainer, type Feeds, type StepReport, type Trainer, type TrainerOptions } from './training/trainer.ts';
export { type LoopOptions, runTraining } from './training/loop.ts';

// Weight files.
export type { Float32Tensor, NamedTensor, TensorSource } from './weights/tensor.ts';
export { openWeights, type ReadOptions, readParameters, readWeights } from './weights/read-weights.ts';
export { openSafetensors } from './weights/safetensors.ts';
export { type WriteOptions, writeSafetensors } from './weights/write-safetensors.ts';
export { addLoraLayer, type Lora, type LoraLayer, type LoraLayers, mergeLora } from './weights/lora.ts';
export { type BaseParameter, type LoraBase, readLora } from './weights/read-lora.ts';
export { type LoraSpelling, writeLora } from './weights/write-lora.ts';

// Models, built from the config.json files that they are published with.
export { type ClipConfig, parseClipConfig, parseClipTextConfig } from './models/clip/config.ts';
export { type ClipOutputs, clip, contrastiveLoss, normalize, similarities } from './models/clip/clip.ts';
export { clipTextEmbed, clipTextHidden } from './models/clip/text.ts';
export { clipImageEmbed } from './models/clip/vision.ts';
export { preprocessImage, type RgbImage } from './models/clip/preprocess.ts';
export type { Tokenizer } from './models/tokenizer/tokenizer.ts';
export { loadTokenizer } from './models/tokenizer/files.ts';
export { parseUnetConfig, type UnetConfig } from './models/unet/config.ts';
export { unet } from './models/unet/unet.ts';
export { parseVaeConfig, type VaeConfig } from './models/vae/config.ts';
export { vaeEncode } from './models/vae/encoder.ts';
export { vaeDecode } from './models/vae/decoder.ts';
export { type ComponentConfigs, declareComponents } from './models/declare.ts';
export { declareLoraBase } from './models/lora-base.ts';
export { openPipeline, type Pipeline } from './models/pipeline.ts';
export { savePipeline } from './models/save-pipeline.ts';
export { type ConvertLoraOptions, type ConvertLoraSummary, convertLora } from './models/convert-lora.ts';
export { type ConvertOptions, type ConvertSummary, convertModel } from './models/convert.ts';

// Diffusion.
export { createSchedule, loadSchedule, type PredictionType, type Schedule } from './diffusion/schedule.ts';
export type { Sampler } from './diffusion/sampler.ts';
export { createSampler, SAMPLER_NAMES, type SamplerName } from './diffusion/samplers.ts';
export { type DenoiseOptions, denoise, guide, initialLatents } from './diffusion/denoise.ts';

// Prompts.
export { CATEGORIES, type Category, type Count, categoryOf, type Grammar, type Slots } from './prompts/grammar.ts';
export { worldGrammar } from './prompts/world-grammar.ts';
export { formatPrompt, parsePrompt } from './prompts/prompt-text.ts';
export { enumeratePrompts } from './prompts/enumerate.ts';
export { heldOutTest, type PromptSplit, splitPrompts } from './prompts/split.ts';
export { samplePrompts } from './prompts/sample.ts';
export { editPrompts } from './prompts/edits.ts';

// The embedded world.
export { type Scene, sampleScene } from './world/scene.ts';
export { renderScene } from './world/render.ts';
export { addPngText, readPngText } from './util/png-text.ts';
export { contactSheet, decodePng, encodePng, enlarge, type Picture } from './world/image.ts';
export { answerFor, type Judge, openJudge, type Verdict } from './world/judge/judge.ts';

// Whole models, ready to use.
export { type EmbeddedModel, embeddedModel } from './drawing/embedded.ts';
export {
  type DrawnPicture,
  type DrawRequest,
  type DrawSettings,
  openPainter,
  type Painter,
} from './drawing/painter.ts';
export { type DrawParameters, formatParameters, parseParameters } from './drawing/parameters.ts';
export { openTextEncoder, type TextEncoder } from './drawing/text.ts';
export { type LatentEncoder, openLatentEncoder } from './drawing/latents.ts';
export { type ClipEmbedder, openClipEmbedder } from './drawing/clip.ts';

// Projects, and the stages over them in order; each goes on where it was stopped.
export type { Config, ConfigPatch } from './store/config.ts';
export { createProject, openProject, type Project } from './store/project.ts';
export { createProgress, type Progress, type ProgressOptions } from './util/progress.ts';
export { type GenerateSummary, generateImages } from './feedback/generate.ts';
export { type LabelSummary, simulateLabels } from './feedback/label.ts';
export { type RewardSummary, trainReward } from './reward/train.ts';
export { evaluateReward } from './reward/evaluate.ts';
export { type ImageDoubt, rankByUncertainty } from './reward/uncertain.ts';
export { openRewardModel, type RewardModelHandle } from './reward/model.ts';
export { type TuneSummary, tuneModel } from './tuning/tune.ts';
export {
  judgeSteps,
  type WatchLook,
  type WatchPoint,
  type WatchRule,
  type WatchVerdict,
} from './tuning/watch-rule.ts';
export { type EvaluateResult, evaluate } from './evaluation/evaluate.ts';
export { type ReportResult, writeReport } from './report/report.ts';

// Pair studies: two images of one prompt, answered by people who do not know whose they are.
export {
  checkRegistration,
  closeStudy,
  createStudy,
  findStudy,
  listStudies,
  listStudyPairs,
  type NewStudy,
  type Study,
  type StudyContestant,
  type StudyPair,
} from './store/studies.ts';
export { type BlindPair, type NextPairs, nextStudyPairs } from './store/study-presentations.ts';
export { type NewStudyAnswer, recordStudyAnswers, retractStudyAnswers } from './store/study-answers.ts';
export { listStudyVotes, readStudyProgress, type StudyProgress, type StudyVote } from './store/study-votes.ts';
// Automatic measures.
export { type MeasureOptions, measureModels } from './measures/measure.ts';
export type { MeasuresReport } from './measures/report.ts';
export { type Cmmd, cmmdOf, sumKernels } from './util/cmmd.ts';
export { type Detector, openDetector } from './measures/detector.ts';
export { type GenevalPrompt, judgeObjects, readGenevalPrompts } from './measures/geneval.ts';
export { type GenevalReport, runGeneval } from './measures/geneval-run.ts';

// … the verdict of people.
export { makeHumanStudy, type StudyOptions } from './verdict/make-study.ts';
export { simulateStudy } from './verdict/simulate.ts';
export { collectVerdict } from './verdict/collect.ts';
export { readVerdict, type StudyVerdict, type VerdictRow } from './verdict/verdict.ts';
export { planPairs, signTestPower } from './verdict/power.ts';
export { signTest } from './verdict/sign-test.ts';

// The reward function as a graph, for training it on other embeddings.
export { type HeadOptions, rewardHead } from './reward/head.ts';
export { promptClassificationLoss, type RewardLossOptions, regressionLoss, rewardLoss } from './reward/loss.ts';

// Comparison with reference tensors.
export { type VerifyReport, verifyFolder } from './verify/verify.ts';

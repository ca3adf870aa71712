// The public surface, by explicit names, in the order that data flows. What is not named here may change without notice.

// Errors and random numbers.
export { CollimateError, type ErrorCode } from './util/errors.ts';
export { type Random, random } from './util/random.ts';

// Graphs: tensors without values, and the functions that models and losses are written in.
export type { DType, Shape, TensorType } from './engine/graph/types.ts';
export { input, type Tensor } from './engine/graph/tensor.ts';
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
} from './engine/graph/functions.ts';
export { type GradOptions, grad } from './engine/graph/grad.ts';

// Graphs as ONNX, and as programs compiled for a provider.
export { dump, toBytes } from './engine/onnx/model.ts';
export type { Outputs } from './engine/onnx/outputs.ts';
export { type CompileOptions, compile, type HostData, type Program, type Value } from './engine/runtime/program.ts';
export { listProviders, PROVIDERS, type Provider } from './engine/runtime/providers.ts';

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
} from './engine/nn/params.ts';
export {
  conv2d as conv2dLayer,
  embedding,
  groupNorm as groupNormLayer,
  layerNorm as layerNormLayer,
  linear,
} from './engine/nn/layers.ts';
export { mlp } from './engine/nn/mlp.ts';
export { type LoraShape, withLora } from './engine/nn/lora.ts';

// Training.
export { ADAMW_DEFAULTS, type AdamWConfig, adamw, adamwCorrections } from './engine/optim/adamw.ts';
export { clipByGlobalNorm } from './engine/optim/clip.ts';
export { emaDecayAt, updateEma } from './engine/optim/ema.ts';
export { type LearningRateSchedule, learningRateAt } from './engine/optim/schedule.ts';
export type { Batch, BatchTypes, LossFunction, LossResult } from './engine/training/step.ts';
export {
  createTrainer,
  type Feeds,
  type StepReport,
  type Trainer,
  type TrainerOptions,
} from './engine/training/trainer.ts';
export { type LoopOptions, runTraining } from './engine/training/loop.ts';

// Weight files.
export type { Float32Tensor, NamedTensor, TensorSource } from './engine/weights/tensor.ts';
export { openWeights, type ReadOptions, readParameters, readWeights } from './engine/weights/read-weights.ts';
export { openSafetensors } from './engine/weights/safetensors.ts';
export { type WriteOptions, writeSafetensors } from './engine/weights/write-safetensors.ts';
export { addLoraLayer, type Lora, type LoraLayer, type LoraLayers, mergeLora } from './engine/weights/lora.ts';
export { type Adapter, type Adapters, addAdapter } from './engine/weights/adapter.ts';
export { type BaseParameter, type LoraBase, readAdapters, readLora } from './engine/weights/read-lora.ts';
export { type LoraSpelling, writeLora } from './engine/weights/write-lora.ts';

// Models, built from the config.json files that they are published with.
export { type ClipConfig, parseClipConfig, parseClipTextConfig } from './models/clip/config.ts';
export { type ClipOutputs, clip, contrastiveLoss, normalize, similarities } from './models/clip/clip.ts';
export { clipTextEmbed, clipTextHidden } from './models/clip/text.ts';
export { clipImageEmbed } from './models/clip/vision.ts';
export { preprocessImage } from './models/clip/preprocess.ts';
export type { RgbImage } from './models/clip/resample.ts';
export type { Tokenizer } from './models/tokenizer/tokenizer.ts';
export { loadTokenizer } from './models/tokenizer/files.ts';
export { parseUnetConfig, type UnetConfig } from './models/unet/config.ts';
export { unet } from './models/unet/unet.ts';
export { parseVaeConfig, type VaeConfig } from './models/vae/config.ts';
export { vaeEncode } from './models/vae/encoder.ts';
export { vaeDecode } from './models/vae/decoder.ts';
export { declareLoraBase } from './models/lora-base.ts';
export { openPipeline } from './models/pipeline.ts';
export { FAMILIES } from './models/families/families.ts';
export type { Conditions, Design, DiffusionModel, Family } from './models/families/model.ts';
export { saveModel, savePipeline } from './models/save-pipeline.ts';
export { type ConvertLoraOptions, type ConvertLoraSummary, convertLora } from './models/convert-lora.ts';
export { type ConvertOptions, type ConvertSummary, convertModel } from './models/convert.ts';

// Diffusion.
export { createSchedule, loadSchedule, type PredictionType, type Schedule } from './models/diffusion/schedule.ts';
export type { NoiseProcess } from './models/diffusion/process.ts';
export type { Sampler } from './models/diffusion/sampler.ts';
export { createSampler, SAMPLER_NAMES, type SamplerName } from './models/diffusion/samplers.ts';
export { type DenoiseOptions, denoise, guide, initialLatents } from './models/diffusion/denoise.ts';

// Prompts.
export {
  CATEGORIES,
  type Category,
  type Count,
  categoryOf,
  type Grammar,
  type Slots,
} from './project/prompts/grammar.ts';
export { worldGrammar } from './project/prompts/world-grammar.ts';
export { formatPrompt, parsePrompt } from './project/prompts/prompt-text.ts';
export { enumeratePrompts } from './project/prompts/enumerate.ts';
export { heldOutTest } from './project/prompts/held-out.ts';
export { type PromptPools, splitPrompts } from './project/prompts/split.ts';
export { samplePrompts } from './project/prompts/sample.ts';
export { editPrompts } from './project/prompts/edits.ts';

// The embedded world.
export { type Scene, sampleScene } from './world/scenes/scene.ts';
export { renderScene } from './world/scenes/render.ts';
export { addPngText, readPngText } from './pictures/png-text.ts';
export { contactSheet, decodePng, encodePng, enlarge, type Picture } from './pictures/image.ts';
export { answerFor, openJudge, type Surety } from './world/judge/judge.ts';
export type { Asked, Seen, World, WorldJudge } from './world/world.ts';
export { openWorld } from './world/worlds/worlds.ts';
export type { Session } from './method/session.ts';

// Whole models, ready to use.
export { type EmbeddedModel, embeddedModel } from './models/inference/embedded.ts';
export {
  type DrawnPicture,
  type DrawRequest,
  type DrawSettings,
  openPainter,
  type Painter,
} from './models/inference/painter.ts';
export { type DrawParameters, formatParameters, parseParameters } from './pictures/parameters.ts';
export { type Conditioner, openConditioner } from './models/inference/conditioner.ts';
export { type LatentEncoder, openLatentEncoder } from './models/inference/latents.ts';
export { type ClipEmbedder, openClipEmbedder } from './models/inference/clip.ts';

// Projects, and the stages over them in order; each goes on where it was stopped.
export type { Config, ConfigPatch } from './project/config/config.ts';
export { createProject, openProject, type Project } from './project/project.ts';
export { createProgress, type Progress, type ProgressOptions } from './util/progress.ts';
export { type GenerateSummary, generateImages } from './method/feedback/generate.ts';
export { type LabelSummary, simulateLabels } from './method/feedback/label.ts';
export { type RewardSummary, trainReward } from './method/reward/train.ts';
export { evaluateReward } from './method/reward/evaluate.ts';
export { type ImageDoubt, rankByUncertainty } from './method/reward/uncertain.ts';
export { openRewardModel, type RewardModelHandle } from './method/reward/model.ts';
export { type TuneSummary, tuneModel } from './method/tuning/tune.ts';
export {
  judgeSteps,
  type WatchLook,
  type WatchPoint,
  type WatchRule,
  type WatchVerdict,
} from './method/tuning/watch-rule.ts';
export { type EvaluateResult, evaluate } from './judging/evaluation/evaluate.ts';
export { type ReportResult, writeReport } from './judging/report/report.ts';

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
} from './project/studies/studies.ts';
export { type BlindPair, type NextPairs, nextStudyPairs } from './project/studies/study-presentations.ts';
export { type NewStudyAnswer, recordStudyAnswers, retractStudyAnswers } from './project/studies/study-answers.ts';
export {
  listStudyVotes,
  readStudyProgress,
  type StudyProgress,
  type StudyVote,
} from './project/studies/study-votes.ts';
// Automatic measures.
export { type MeasureOptions, measureModels } from './judging/measures/measure.ts';
export type { MeasuresReport } from './judging/measures/report.ts';
export { type Cmmd, cmmdOf, sumKernels } from './statistics/cmmd.ts';
export { type Detector, openDetector } from './judging/measures/detector.ts';
export { type GenevalPrompt, judgeObjects, readGenevalPrompts } from './judging/measures/geneval.ts';
export { type GenevalReport, runGeneval } from './judging/measures/geneval-run.ts';

// … the verdict of people.
export { makeHumanStudy, type StudyOptions } from './judging/verdict/make-study.ts';
export { simulateStudy } from './judging/verdict/simulate.ts';
export { collectVerdict } from './judging/verdict/collect.ts';
export { readVerdict, type StudyVerdict, type VerdictRow } from './judging/verdict/verdict.ts';
export { planPairs, signTestPower } from './statistics/power.ts';
export { signTest } from './statistics/sign-test.ts';

// The reward function as a graph, for training it on other embeddings.
export { type HeadOptions, rewardHead } from './method/reward/head.ts';
export { promptClassificationLoss, type RewardLossOptions, regressionLoss, rewardLoss } from './method/reward/loss.ts';

// Comparison with reference tensors.
export { type VerifyReport, verifyFolder } from './judging/verify/verify.ts';

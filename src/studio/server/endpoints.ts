// Every endpoint by the name of its operation.

import type { Endpoints } from './endpoint.ts';
import { acceptInvite } from './endpoints/accept-invite.ts';
import { answerPair } from './endpoints/answer-pair.ts';
import { cancelJob } from './endpoints/cancel-job.ts';
import { changePassword } from './endpoints/change-password.ts';
import { closeStudy } from './endpoints/close-study.ts';
import { createInvite } from './endpoints/create-invite.ts';
import { createStudy } from './endpoints/create-study.ts';
import { createToken } from './endpoints/create-token.ts';
import { exportData } from './endpoints/export-data.ts';
import { flagImage } from './endpoints/flag-image.ts';
import { getEvaluation } from './endpoints/get-evaluation.ts';
import { getGuidelines } from './endpoints/get-guidelines.ts';
import { getImage } from './endpoints/get-image.ts';
import { getImageFile } from './endpoints/get-image-file.ts';
import { getImageFilters } from './endpoints/get-image-filters.ts';
import { getInvite } from './endpoints/get-invite.ts';
import { getJob } from './endpoints/get-job.ts';
import { getOverview } from './endpoints/get-overview.ts';
import { getPromptSettings } from './endpoints/get-prompt-settings.ts';
import { getQuality } from './endpoints/get-quality.ts';
import { getRatingProgress } from './endpoints/get-rating-progress.ts';
import { getReward } from './endpoints/get-reward.ts';
import { getSession } from './endpoints/get-session.ts';
import { getSettings } from './endpoints/get-settings.ts';
import { getStudyResults } from './endpoints/get-study-results.ts';
import { getTuning } from './endpoints/get-tuning.ts';
import { importData } from './endpoints/import-data.ts';
import { importPrompts } from './endpoints/import-prompts.ts';
import { listAudit } from './endpoints/list-audit.ts';
import { listFlags } from './endpoints/list-flags.ts';
import { listFormats } from './endpoints/list-formats.ts';
import { listGold } from './endpoints/list-gold.ts';
import { listGuidelines } from './endpoints/list-guidelines.ts';
import { listImages } from './endpoints/list-images.ts';
import { listInvites } from './endpoints/list-invites.ts';
import { listJobs } from './endpoints/list-jobs.ts';
import { listPeople } from './endpoints/list-people.ts';
import { listPrompts } from './endpoints/list-prompts.ts';
import { listStudies } from './endpoints/list-studies.ts';
import { listTokens } from './endpoints/list-tokens.ts';
import { listTuningRuns } from './endpoints/list-tuning-runs.ts';
import { nextItems } from './endpoints/next-items.ts';
import { nextPairs } from './endpoints/next-pairs.ts';
import { patchSettings } from './endpoints/patch-settings.ts';
import { planRating } from './endpoints/plan-rating.ts';
import { previewPrompts } from './endpoints/preview-prompts.ts';
import { putGuidelines } from './endpoints/put-guidelines.ts';
import { putPromptSettings } from './endpoints/put-prompt-settings.ts';
import { releaseItems } from './endpoints/release-items.ts';
import { resolveFlag } from './endpoints/resolve-flag.ts';
import { revokeInvite } from './endpoints/revoke-invite.ts';
import { revokeToken } from './endpoints/revoke-token.ts';
import { setGold } from './endpoints/set-gold.ts';
import { setRaterExcluded } from './endpoints/set-rater-excluded.ts';
import { setUp } from './endpoints/set-up.ts';
import { signIn } from './endpoints/sign-in.ts';
import { signOut } from './endpoints/sign-out.ts';
import { startJob } from './endpoints/start-job.ts';
import { submitAnswers } from './endpoints/submit-answers.ts';
import { undoAnswer } from './endpoints/undo-answer.ts';
import { undoPair } from './endpoints/undo-pair.ts';
import { updatePerson } from './endpoints/update-person.ts';
import { uploadImages } from './endpoints/upload-images.ts';
import { watchJobs } from './endpoints/watch-jobs.ts';

export const ENDPOINTS: Endpoints = {
  getSession,
  setUp,
  signIn,
  signOut,
  changePassword,
  getInvite,
  acceptInvite,
  listPeople,
  updatePerson,
  listInvites,
  createInvite,
  revokeInvite,
  listTokens,
  createToken,
  revokeToken,
  listAudit,
  nextItems,
  submitAnswers,
  undoAnswer,
  releaseItems,
  flagImage,
  listFlags,
  resolveFlag,
  listGold,
  setGold,
  getRatingProgress,
  getGuidelines,
  listGuidelines,
  putGuidelines,
  listStudies,
  createStudy,
  nextPairs,
  answerPair,
  undoPair,
  closeStudy,
  getStudyResults,
  getOverview,
  listPrompts,
  getPromptSettings,
  previewPrompts,
  putPromptSettings,
  importPrompts,
  listImages,
  getImageFilters,
  getImage,
  getImageFile,
  uploadImages,
  getQuality,
  setRaterExcluded,
  planRating,
  getReward,
  listTuningRuns,
  getTuning,
  getEvaluation,
  listJobs,
  startJob,
  watchJobs,
  getJob,
  cancelJob,
  getSettings,
  patchSettings,
  listFormats,
  exportData,
  importData,
};

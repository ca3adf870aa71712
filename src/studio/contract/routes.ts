// Method and path of every operation: all that a client needs at run time.

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Route = readonly [method: Method, path: string];

export const ROUTES = {
  getHealth: ['get', '/api/health'],
  getSession: ['get', '/api/session'],
  setUp: ['post', '/api/setup'],
  signIn: ['post', '/api/sign-in'],
  signOut: ['post', '/api/sign-out'],
  changePassword: ['post', '/api/me/password'],
  getInvite: ['get', '/api/invitations/{token}'],
  acceptInvite: ['post', '/api/invitations/{token}/accept'],
  getReset: ['get', '/api/resets/{token}'],
  useReset: ['post', '/api/resets/{token}'],

  listPeople: ['get', '/api/people'],
  updatePerson: ['patch', '/api/people/{id}'],
  createReset: ['post', '/api/people/{id}/reset'],
  listInvites: ['get', '/api/invites'],
  createInvite: ['post', '/api/invites'],
  revokeInvite: ['delete', '/api/invites/{id}'],
  listTokens: ['get', '/api/tokens'],
  createToken: ['post', '/api/tokens'],
  revokeToken: ['delete', '/api/tokens/{id}'],
  listAudit: ['get', '/api/audit'],

  nextItems: ['post', '/api/rating/next'],
  readNotice: ['post', '/api/rating/notices/{id}/read'],
  submitAnswers: ['post', '/api/rating/answers'],
  undoAnswer: ['post', '/api/rating/undo'],
  releaseItems: ['post', '/api/rating/release'],
  flagImage: ['post', '/api/rating/flags'],
  listFlags: ['get', '/api/rating/flags'],
  resolveFlag: ['delete', '/api/rating/flags/{id}'],
  listGold: ['get', '/api/rating/gold'],
  setGold: ['put', '/api/rating/gold/{id}'],
  getRatingProgress: ['get', '/api/rating/progress'],
  getGuidelines: ['get', '/api/guidelines'],
  putGuidelines: ['put', '/api/guidelines'],
  listGuidelines: ['get', '/api/guidelines/versions'],

  listStudies: ['get', '/api/studies'],
  createStudy: ['post', '/api/studies'],
  nextPairs: ['post', '/api/studies/{id}/next'],
  answerPair: ['post', '/api/studies/{id}/answers'],
  flagPair: ['post', '/api/studies/{id}/flag'],
  undoPair: ['post', '/api/studies/{id}/undo'],
  closeStudy: ['post', '/api/studies/{id}/close'],
  getStudyResults: ['get', '/api/studies/{id}'],

  getOverview: ['get', '/api/overview'],
  listPrompts: ['get', '/api/prompts'],
  getPromptSettings: ['get', '/api/prompts/settings'],
  previewPrompts: ['post', '/api/prompts/preview'],
  putPromptSettings: ['put', '/api/prompts/settings'],
  importPrompts: ['post', '/api/prompts/import'],

  listImages: ['get', '/api/images'],
  getImageFilters: ['get', '/api/images/filters'],
  getImage: ['get', '/api/images/{id}'],
  getImageFile: ['get', '/api/files/{hash}'],
  uploadImages: ['post', '/api/images'],

  getQuality: ['get', '/api/quality'],
  setRaterExcluded: ['patch', '/api/raters/{id}'],
  pauseRater: ['post', '/api/raters/{id}/pause'],
  closeNotice: ['delete', '/api/notices/{id}'],
  planRating: ['post', '/api/quality/plan'],

  getReward: ['get', '/api/reward'],
  listTuningRuns: ['get', '/api/tuning/runs'],
  getTuning: ['get', '/api/tuning'],
  getEvaluation: ['get', '/api/evaluation'],

  listJobs: ['get', '/api/jobs'],
  startJob: ['post', '/api/jobs'],
  watchJobs: ['get', '/api/jobs/events'],
  getJob: ['get', '/api/jobs/{id}'],
  cancelJob: ['post', '/api/jobs/{id}/cancel'],

  getWork: ['get', '/api/work'],
  retryWork: ['post', '/api/work/retry'],
  dropWork: ['post', '/api/work/drop'],

  getSettings: ['get', '/api/settings'],
  patchSettings: ['patch', '/api/settings'],

  listFormats: ['get', '/api/exchange'],
  exportData: ['get', '/api/exchange/{format}'],
  exportBeside: ['get', '/api/exchange/{format}/beside'],
  importData: ['post', '/api/exchange/{format}'],
} as const satisfies Record<string, Route>;

export type OperationName = keyof typeof ROUTES;

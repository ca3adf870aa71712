// Every endpoint by the name of its operation; one file a subject, as in the contract.

import type { Endpoints } from './endpoint.ts';
import { batchEndpoints } from './endpoints/batches.ts';
import { crowdEndpoints } from './endpoints/crowds.ts';
import { decisionEndpoints } from './endpoints/decisions.ts';
import { exchangeEndpoints } from './endpoints/exchange.ts';
import { healthEndpoints } from './endpoints/health.ts';
import { imageEndpoints } from './endpoints/images.ts';
import { jobEndpoints } from './endpoints/jobs.ts';
import { onboardingEndpoints } from './endpoints/onboarding.ts';
import { overviewEndpoints } from './endpoints/overview.ts';
import { ownAnswerEndpoints } from './endpoints/own-answers.ts';
import { peopleEndpoints } from './endpoints/people.ts';
import { promptEndpoints } from './endpoints/prompts.ts';
import { qualityEndpoints } from './endpoints/quality.ts';
import { ratingEndpoints } from './endpoints/rating.ts';
import { sessionEndpoints } from './endpoints/session.ts';
import { settingEndpoints } from './endpoints/settings.ts';
import { sheetEndpoints } from './endpoints/sheets.ts';
import { stageEndpoints } from './endpoints/stages.ts';
import { studyEndpoints } from './endpoints/studies.ts';
import { workEndpoints } from './endpoints/work.ts';

export const ENDPOINTS: Endpoints = {
  ...healthEndpoints,
  ...sessionEndpoints,
  ...peopleEndpoints,
  ...crowdEndpoints,
  ...ratingEndpoints,
  ...onboardingEndpoints,
  ...ownAnswerEndpoints,
  ...batchEndpoints,
  ...decisionEndpoints,
  ...sheetEndpoints,
  ...studyEndpoints,
  ...overviewEndpoints,
  ...promptEndpoints,
  ...imageEndpoints,
  ...qualityEndpoints,
  ...stageEndpoints,
  ...jobEndpoints,
  ...workEndpoints,
  ...settingEndpoints,
  ...exchangeEndpoints,
};

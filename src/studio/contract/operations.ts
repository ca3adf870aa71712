// Every operation of the API by name.

import { crowdOperations } from './crowds.ts';
import { exchangeOperations } from './exchange.ts';
import { healthOperations } from './health.ts';
import { imageOperations } from './images.ts';
import { jobOperations } from './jobs.ts';
import type { Operation } from './operation.ts';
import { overviewOperations } from './overview.ts';
import { peopleOperations } from './people.ts';
import { promptOperations } from './prompts.ts';
import { qualityOperations } from './quality.ts';
import { ratingOperations } from './rating.ts';
import type { OperationName } from './routes.ts';
import { sessionOperations } from './session.ts';
import { settingOperations } from './settings.ts';
import { sheetOperations } from './sheets.ts';
import { stageOperations } from './stages.ts';
import { studyOperations } from './studies.ts';
import { workOperations } from './work.ts';

export const OPERATIONS = {
  ...healthOperations,
  ...sessionOperations,
  ...peopleOperations,
  ...crowdOperations,
  ...ratingOperations,
  ...sheetOperations,
  ...studyOperations,
  ...overviewOperations,
  ...promptOperations,
  ...imageOperations,
  ...qualityOperations,
  ...stageOperations,
  ...jobOperations,
  ...workOperations,
  ...settingOperations,
  ...exchangeOperations,
} as const satisfies Record<OperationName, Operation>;

export type Operations = typeof OPERATIONS;

// Links for crowd platforms: people come by an identifier of theirs, agree, rate so many pictures, and leave with a code.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { PLATFORMS } from './platforms.ts';
import { user } from './session.ts';
import { id, linkParams, ok, oneLine, shownName, time } from './shared.ts';

const platform = z.enum(PLATFORMS);

const settings = {
  platform,
  name: shownName,
  consent: z.string().trim().max(20_000).describe('Markdown: what people agree to before they begin; may be empty'),
  answersEach: z.int().min(1).max(100_000).describe('Answers after which a participant is done'),
  participants: z.int().min(1).max(100_000).describe('People at most'),
  code: z.string().trim().min(1).max(100).describe('Shown at the end, for the platform'),
  returnUrl: z
    .url({ protocol: /^https$/ })
    .max(500)
    .nullable()
    .describe('Where the button at the end leads; null for none'),
};
const link = z.object({
  id: z.string(),
  ...settings,
  came: z.int(),
  finished: z.int(),
  createdAt: time,
  expiresAt: time,
  open: z.boolean(),
});

const tag = 'Crowds';
export const crowdOperations = {
  listCrowdLinks: {
    access: 'admin',
    tag,
    summary: 'List links for crowd platforms, with how many came and how many are done',
    response: z.object({ links: z.array(link) }),
  },
  createCrowdLink: {
    access: 'admin',
    tag,
    summary: 'Make a link for a crowd platform; it is shown this once',
    body: z.strictObject({
      ...settings,
      returnUrl: settings.returnUrl.default(null),
      expiresInDays: z.number().min(0.01).max(365).default(14),
    }),
    response: z.object({
      id: z.string(),
      path: z.string().describe('Path of the page, with the platform’s own placeholders'),
    }),
  },
  closeCrowdLink: {
    access: 'admin',
    tag,
    summary: 'End a link: nobody new comes by it, and those who are at work finish',
    params: z.object({ id }),
    response: ok,
  },
  exportCrowd: {
    access: 'admin',
    tag,
    summary: 'Get everybody who came by a link as CSV, with answers and hours: what is paid for',
    media: 'text/csv',
  },
  getCrowdLink: {
    access: 'public',
    tag,
    summary: 'Look at a link for a crowd platform',
    params: linkParams,
    response: z.object({ project: z.string(), platform, consent: z.string(), answersEach: z.int() }),
  },
  enterCrowd: {
    access: 'public',
    tag,
    summary: 'Agree, and come in as a participant; who was here before goes on',
    params: linkParams,
    body: z.strictObject({
      participant: oneLine.max(200),
      submission: z.string().trim().max(200).default(''),
      consent: z.literal(true),
    }),
    response: z.object({ user }),
  },
} as const satisfies Record<string, Operation>;

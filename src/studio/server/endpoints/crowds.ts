// Links for crowd platforms.

import { basename } from 'node:path';
import { recordAudit } from '../../../project/people/audit.ts';
import {
  closeCrowdLink as close,
  listCrowdLinks as list,
  listParticipantWork,
  createCrowdLink as store,
} from '../../../project/people/crowds.ts';
import { formatCsv } from '../../../util/csv.ts';
import { PLATFORM_PARAMETERS, type Platform } from '../../contract/platforms.ts';
import { enterCrowd as enter, requireCrowdLink } from '../accounts/enter-crowd.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const DAY_MS = 86_400_000;

const listCrowdLinks: Handler<'listCrowdLinks'> = async ({ studio }) => {
  const now = new Date().toISOString();
  const links = await list(studio.project.db);
  return {
    links: links.map(({ closedAt, accountId: _, platform, ...link }) => ({
      ...link,
      platform: platform as Platform,
      open: closedAt === null && link.expiresAt > now,
    })),
  };
};

/** As each platform writes its placeholders, so that the address can be pasted there as it is. */
const PLACEHOLDERS: Readonly<Record<Platform, string>> = {
  prolific: '?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}',
  // A survey link there has no placeholders: people type their identifier.
  mturk: '',
  cloudresearch: '?participantId={{participantId}}&assignmentId={{assignmentId}}&projectId={{projectId}}',
  other: `?${PLATFORM_PARAMETERS.other.participant}=ID&${PLATFORM_PARAMETERS.other.submission}=SESSION`,
};

const createCrowdLink: Handler<'createCrowdLink'> = async ({
  studio,
  caller,
  body: { expiresInDays, ...settings },
}) => {
  const { db } = studio.project;
  const expiresAt = new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
  // Prolific's address of completion is made of the code alone.
  const returnUrl =
    settings.returnUrl ??
    (settings.platform === 'prolific'
      ? `https://app.prolific.com/submissions/complete?cc=${encodeURIComponent(settings.code)}`
      : null);
  const { link, token } = await store(db, { ...settings, returnUrl, expiresAt, accountId: caller.accountId });
  const detail = { platform: link.platform, name: link.name, participants: link.participants };
  await recordAudit(db, { actor: caller, action: 'crowd.create', target: link.id, detail });
  return { id: link.id, path: `/crowd/${token}${PLACEHOLDERS[settings.platform]}` };
};

const closeCrowdLink: Handler<'closeCrowdLink'> = async ({ studio, caller, params: { id } }) => {
  if (!(await close(studio.project.db, id))) throw notFound(`open link ${id}`);
  await recordAudit(studio.project.db, { actor: caller, action: 'crowd.close', target: id, detail: {} });
  return { ok: true };
};

const COLUMNS = [
  ...['platform', 'link', 'participant', 'submission', 'rater', 'answers', 'hours'],
  ...['consented_at', 'first_answer', 'last_answer', 'finished_at', 'excluded'],
];

const exportCrowd: Handler<'exportCrowd'> = async ({ studio, caller }) => {
  const people = await listParticipantWork(studio.project.db);
  const rows = people.map((row) => [
    ...[row.platform, row.link, row.participant, row.submission, row.raterId],
    ...[String(row.answers), row.hours.toFixed(4), row.consentedAt],
    ...[row.firstAnswer ?? '', row.lastAnswer ?? '', row.finishedAt ?? '', String(row.excluded)],
  ]);
  const detail = { people: people.length };
  await recordAudit(studio.project.db, { actor: caller, action: 'crowd.export', target: 'crowd', detail });
  return new Response(formatCsv([COLUMNS, ...rows]), {
    headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="collimate-crowd.csv"' },
  });
};

const getCrowdLink: Handler<'getCrowdLink'> = async ({ studio, params }) => {
  const { platform, consent, answersEach } = await requireCrowdLink(studio, params.token);
  return { project: basename(studio.project.dir), platform: platform as Platform, consent, answersEach };
};

const enterCrowd: Handler<'enterCrowd'> = async ({ studio, params, body, context }) => {
  const link = await requireCrowdLink(studio, params.token);
  const { user, isNew } = await enter(studio, context, link, body);
  const action = isNew ? 'crowd.enter' : 'session.sign-in';
  await recordAudit(studio.project.db, { actor: user, action, target: link.id, detail: {} });
  return { user };
};

export const crowdEndpoints = {
  listCrowdLinks,
  createCrowdLink,
  closeCrowdLink,
  exportCrowd,
  getCrowdLink,
  enterCrowd,
} satisfies Partial<Endpoints>;

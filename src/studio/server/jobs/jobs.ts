// Stages started from a button: each is `collimate …` in a process of its own, which outlives this server. What it says
// about itself stands in `runs/jobs/<id>/`; whichever server comes next finds it there.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFlags } from '../../../project/config/config-env.ts';
import type { ConfigInputs } from '../../../project/config/config-load.ts';
import { isPostgres } from '../../../project/database/database.ts';
import { isAlive, readProcessStart } from '../../../project/database/lock.ts';
import {
  findJob,
  finishJob,
  insertJob,
  JOBS_FOLDER,
  type Job,
  listJobs,
  listLatestJobs,
  markJobStopping,
  setJobProcess,
} from '../../../project/people/jobs.ts';
import type { Project } from '../../../project/project.ts';
import { adviseFailedWork, countWork, type WorkCount } from '../../../project/work/count-work.ts';
import { CollimateError } from '../../../util/errors.ts';
import { JOB_DIR_VARIABLE, readJobExit, readJobProgress } from '../../../util/job-files.ts';
import type { JobKind, Job as JobView } from '../../contract/jobs.ts';
import { makeArguments } from './arguments.ts';

const PROGRAM = fileURLToPath(new URL('../../../../bin/collimate.js', import.meta.url));

export interface Jobs {
  /** @throws CollimateError LOCKED while another stage works on the project, USAGE for options that do not fit. */
  start(kind: JobKind, options: Record<string, unknown>, startedBy: string): Promise<JobView>;
  list(limit: number): Promise<JobView[]>;
  find(id: string): Promise<JobView | undefined>;
  /** Asks to save and stop; asked again, the process stops at once. @throws CollimateError NOT_FOUND, USAGE */
  cancel(id: string): Promise<void>;
  logPath(id: string): string;
}

/** @param source what the studio was started with: whatever a flag said there is so for its jobs too */
export function createJobs(project: Project, { env = {}, flags = [] }: Omit<ConfigInputs, 'file'>): Jobs {
  const { db } = project;
  const dirOf = (id: string) => join(project.runsDir, JOBS_FOLDER, id);

  /** Ends the books of jobs whose process has ended. */
  const settle = async () => {
    for (const job of await listJobs(db, { open: true })) {
      const exit = readJobExit(dirOf(job.id));
      if (exit) await finishJob(db, job.id, STATUS_OF_EXIT[exit.code] ?? 'failed', exit.code === 0 ? null : exit.error);
      else if (!lives(job)) await finishJob(db, job.id, 'failed', ENDED_SILENTLY);
    }
  };
  const view = (job: Job, counts?: readonly WorkCount[]): JobView => ({
    ...pick(job),
    error: describeError(job, counts),
    progress: readJobProgress(dirOf(job.id)) ?? null,
  });
  /** Where workers failed the latest job of its kind, what there is to do depends on what became of its items since. */
  const viewAll = async (jobs: readonly Job[]): Promise<JobView[]> => {
    const failed = isPostgres(db) ? jobs.filter(({ error }) => error?.topic !== undefined) : [];
    if (failed.length === 0) return jobs.map((job) => view(job));
    const latest = await listLatestJobs(db);
    const isLive = ({ id }: Job) => latest.has(id);
    const counts = failed.some(isLive) ? await countWork(db) : undefined;
    return jobs.map((job) => view(job, isLive(job) ? counts : undefined));
  };

  return {
    async start(kind, options, startedBy) {
      const args = makeArguments(kind, options);
      await settle();
      const [holder] = await project.holders();
      const open = (await listJobs(db, { open: true }))[0];
      if (holder || open)
        throw new CollimateError(
          'LOCKED',
          `\`${holder?.stage ?? open!.kind}\` works on this project since ${holder?.startedAt ?? open!.startedAt}`,
          'Wait for it, or cancel it.',
        );
      const command = ['collimate', ...args].join(' ');
      const job = await insertJob(db, { kind, options, command, host: hostname(), startedBy });
      const pid = startProcess(project.dir, dirOf(job.id), args, {
        ...withFlags(env, flags),
        COLLIMATE_DATABASE: project.config.database,
      });
      await setJobProcess(db, job.id, { pid, processStart: readProcessStart(pid) });
      return view({ ...job, pid });
    },
    async list(limit) {
      await settle();
      return viewAll(await listJobs(db, { limit }));
    },
    async find(id) {
      await settle();
      const job = await findJob(db, id);
      return job && (await viewAll([job]))[0];
    },
    async cancel(id) {
      await settle();
      const job = await findJob(db, id);
      if (!job) throw new CollimateError('NOT_FOUND', `there is no job ${id}`, 'Load the page again.');
      if (job.finishedAt || job.pid === null)
        throw new CollimateError('USAGE', 'this job is over already', 'Start another one.');
      if (job.host !== hostname())
        throw new CollimateError('USAGE', `this job runs on ${job.host}`, 'Cancel it in a studio on that machine.');
      process.kill(job.pid, 'SIGINT');
      await markJobStopping(db, id);
    },
    logPath: (id) => join(dirOf(id), 'log.txt'),
  };
}

const STATUS_OF_EXIT: Readonly<Record<number, 'done' | 'interrupted'>> = { 0: 'done', 130: 'interrupted' };

const ENDED_SILENTLY = {
  message: 'the process ended without saying why, as one does that is killed or runs out of memory',
  hint: 'Start the stage again: it goes on from what is saved.',
};

/** A job that has no process yet is being started. */
function lives({ pid, host, processStart, startedAt }: Job): boolean {
  if (pid === null) return Date.now() - Date.parse(startedAt) < 60_000;
  return isAlive({ pid, host, processStart });
}

function startProcess(projectDir: string, jobDir: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  mkdirSync(jobDir, { recursive: true });
  const log = openSync(join(jobDir, 'log.txt'), 'a');
  try {
    const child = spawn(process.execPath, [PROGRAM, '--project', projectDir, ...args], {
      cwd: projectDir,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...env, [JOB_DIR_VARIABLE]: jobDir, NO_COLOR: '1' },
    });
    child.on('error', () => {}); // a process that cannot start has no pid, which is looked at below
    child.unref();
    if (child.pid === undefined)
      throw new CollimateError(
        'STORAGE',
        'no process could be started',
        'Check how much memory this machine has left.',
      );
    return child.pid;
  } finally {
    closeSync(log);
  }
}

function pick({ id, kind, options, command, status, startedAt, finishedAt, startedBy }: Job) {
  return { id, kind: kind as JobKind, options, command, status, startedAt, finishedAt, startedBy };
}

/** @param counts of the work as it is now, where that says what there is to do */
function describeError({ error }: Job, counts: readonly WorkCount[] | undefined): JobView['error'] {
  if (error === null) return null;
  const { message, hint, topic } = error;
  return { message, hint: topic === undefined || !counts ? hint : adviseFailedWork(counts, topic) };
}

// One job: how far it is, what it found so far, and how to stop it.

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Job } from '../../../src/studio/contract/jobs.ts';
import { call, describeFailure } from '../api/client.ts';
import { formatTime } from '../ui/format.ts';
import { toast } from '../ui/toasts.tsx';
import { Words } from '../ui/words.tsx';
import { JobLog } from './job-log.tsx';
import { JOB_NAMES } from './job-names.ts';

const WORDS: Readonly<Record<Job['status'], string>> = {
  running: 'running',
  stopping: 'saving, then it stops',
  done: 'done',
  failed: 'failed',
  interrupted: 'cancelled; starting it again goes on from here',
};

const TONES: Readonly<Record<Job['status'], string>> = {
  running: 'beam',
  stopping: 'beam',
  done: 'good',
  failed: 'bad',
  interrupted: '',
};

interface JobRowProps {
  readonly job: Job;
  readonly steers: boolean;
  /** Puts it away. */
  readonly onRead?: () => void;
}

export function JobRow({ job, steers, onRead }: JobRowProps) {
  const [log, setLog] = useState(false);
  const cancel = useMutation({
    mutationFn: () => call('cancelJob', { params: { id: job.id } }),
    onError: (error) => toast(describeFailure(error).message),
  });
  const { kind, status, progress, error } = job;
  const runs = status === 'running' || status === 'stopping';
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <div className="job">
      <div className="top">
        <b>{JOB_NAMES[kind]}</b>
        <span className={`tag ${TONES[status]}`}>{WORDS[status]}</span>
        <span className="soft small">
          {job.startedBy}, {formatTime(job.startedAt)}
        </span>
        <span className="end row">
          <button type="button" className="button little quiet" onClick={() => setLog(true)}>
            Log
          </button>
          {onRead && (
            <button type="button" className="button little quiet" onClick={onRead}>
              Dismiss<span className="hidden-text"> {JOB_NAMES[kind]}</span>
            </button>
          )}
          {runs && steers && (
            <button
              type="button"
              className="button little danger"
              disabled={cancel.isPending}
              onClick={() => cancel.mutate()}
            >
              {status === 'stopping' ? 'Stop at once' : 'Cancel'}
            </button>
          )}
        </span>
      </div>
      {runs && (
        <div
          className="bar"
          role="progressbar"
          aria-label={JOB_NAMES[kind]}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(100 * share)}
        >
          <div style={{ width: `${100 * share}%` }} />
        </div>
      )}
      {runs && progress && (
        <p className="soft small">
          {progress.stage} {progress.done} of {progress.total}
          {Object.entries(progress.figures).map(([name, value]) => (
            <span key={name}>
              {' '}
              · {name} {typeof value === 'number' ? Number(value.toPrecision(4)) : value}
            </span>
          ))}
        </p>
      )}
      {error && (
        <p className="small">
          <Words text={error.message} />{' '}
          <span className="soft">
            <Words text={error.hint} />
          </span>
        </p>
      )}
      {log && <JobLog id={job.id} title={JOB_NAMES[kind]} onClose={() => setLog(false)} />}
    </div>
  );
}

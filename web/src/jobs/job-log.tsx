// The command line that a job is the same as, and the end of what it printed.

import { useQuery } from '@tanstack/react-query';
import { read } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, Loading } from '../ui/states.tsx';

interface JobLogProps {
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
}

export function JobLog({ id, title, onClose }: JobLogProps) {
  const { data, error } = useQuery({ ...read('getJob', { params: { id } }), refetchInterval: 2000 });
  return (
    <Dialog title={title} shape="wide" onClose={onClose}>
      {error ? (
        <Failure error={error} />
      ) : !data ? (
        <Loading />
      ) : (
        <div className="form">
          <p className="soft small">The same from the command line:</p>
          <pre className="code">{data.job.command}</pre>
          <p className="soft small">The end of what it printed:</p>
          {/* What scrolls must be reachable by keyboard. */}
          <pre className="code log" tabIndex={0}>
            {data.log || 'Nothing yet.'}
          </pre>
        </div>
      )}
    </Dialog>
  );
}

// What raters are told, in the version that their answers are stamped with.

import { useQuery } from '@tanstack/react-query';
import { read } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { formatTime } from '../ui/format.ts';
import { Failure, Loading } from '../ui/states.tsx';
import type { ReadGuidelines } from './guidelines-read.ts';
import { Markdown } from './markdown.tsx';

interface GuidelinesProps {
  readonly guidelines: ReadGuidelines;
  readonly onClose: () => void;
}

export function GuidelinesDialog({ guidelines, onClose }: GuidelinesProps) {
  const { data, error, refetch } = useQuery({ ...read('getGuidelines'), staleTime: 0 });
  return (
    <Dialog
      title="Guidelines"
      shape="side"
      onClose={() => {
        if (data?.guideline) guidelines.confirm(data.guideline);
        onClose();
      }}
    >
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.guideline ? (
        <>
          <Markdown text={data.guideline.text} />
          <p className="soft small version">
            Version {data.guideline.version}, {formatTime(data.guideline.createdAt)}. Your answers are stamped with it.
          </p>
        </>
      ) : (
        <p>This project has no guidelines yet. Answer by what the prompt says.</p>
      )}
    </Dialog>
  );
}

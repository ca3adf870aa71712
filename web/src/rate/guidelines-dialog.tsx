// What raters are told, in the version that their answers are stamped with.

import { useQuery } from '@tanstack/react-query';
import { read } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { say, sayTime } from '../words/words.ts';
import { Examples } from './examples.tsx';
import type { ReadGuidelines } from './guidelines-read.ts';
import { Markdown } from './markdown.tsx';

interface GuidelinesProps {
  readonly guidelines: ReadGuidelines;
  readonly onClose: () => void;
}

export function GuidelinesDialog({ guidelines, onClose }: GuidelinesProps) {
  const { data, error, refetch } = useQuery({ ...read('getGuidelines'), staleTime: 0 });
  const onboarding = useQuery(read('getOnboarding')).data;
  return (
    <Dialog
      title={say('guidelines')}
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
          {onboarding && <Examples examples={onboarding.examples} />}
          <p className="soft small version">
            {say('stamped', { version: data.guideline.version, time: sayTime(data.guideline.createdAt) })}
          </p>
        </>
      ) : (
        <p>{say('noGuidelines')}</p>
      )}
    </Dialog>
  );
}

// What raters are told, in the version that their answers are stamped with.

import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, Loading } from '../ui/states.tsx';
import { Markdown } from './markdown.tsx';

export function GuidelinesDialog({ onClose }: { readonly onClose: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['guideline'],
    queryFn: ({ signal }) =>
      request<{ version: number; text: string; createdAt: string }>('GET', '/api/guidelines/latest', { signal }),
  });
  return (
    <Dialog title="Guidelines" shape="side" onClose={onClose}>
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <Markdown text={data.text} />
      )}
    </Dialog>
  );
}

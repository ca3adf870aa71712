// How somebody of a crowd platform comes in: what is asked of them, what they agree to, and no account to be made.

import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { PLATFORM_PARAMETERS } from '../../../../src/studio/contract/platforms.ts';
import { call, read } from '../../api/client.ts';
import { lazyPart } from '../../api/parts.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { say, useLanguage } from '../../words/words.ts';
import { useEnter } from '../door/use-enter.ts';

const Markdown = lazyPart(() => import('../../rate/markdown.tsx'), 'Markdown');

export function Crowd() {
  const language = useLanguage();
  const enter = useEnter();
  const { token } = useParams({ from: '/door/crowd/$token' });
  const { data, error, refetch } = useQuery(read('getCrowdLink', { params: { token } }));
  const [typed, setTyped] = useState('');
  const agree = useMutation({
    mutationFn: (body: { participant: string; submission: string }) =>
      call('enterCrowd', { params: { token }, body: { ...body, consent: true } }),
    onSuccess: enter,
  });
  useTitle(data ? say('crowdTitle', { project: data.project }) : 'Collimate');
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const search = new URLSearchParams(location.search);
  const names = PLATFORM_PARAMETERS[data.platform];
  const given = search.get(names.participant) ?? '';
  return (
    <form
      className="form"
      lang={language}
      onSubmit={(event) => {
        event.preventDefault();
        agree.mutate({ participant: given || typed, submission: search.get(names.submission) ?? '' });
      }}
    >
      <h1>{say('crowdTitle', { project: data.project })}</h1>
      <p className="soft">{say('crowdTask', { count: data.answersEach })}</p>
      {data.consent && (
        <Suspense fallback={<Loading />}>
          <Markdown text={data.consent} />
        </Suspense>
      )}
      {!given && (
        <TextField
          label={say('crowdId')}
          required
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <button type="submit" className="button primary" disabled={agree.isPending}>
        {say('crowdAgree')}
      </button>
      <p className="soft small">{say('crowdLeave')}</p>
      <FormFailure error={agree.error} />
    </form>
  );
}

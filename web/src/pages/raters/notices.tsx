// What rules found about raters, and who is paused, until an admin closes it.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure } from '../../api/client.ts';
import { formatTime } from '../../ui/format.ts';
import { toast } from '../../ui/toasts.tsx';

type Rater = Output<'getQuality'>['raters'][number];
type Notice = Rater['notices'][number];

export const NOTICE_TAGS: { readonly [A in Notice['action']]: string } = {
  warn: 'warned',
  pause: 'paused',
  review: 'to review',
};

const CLOSE: { readonly [A in Notice['action']]: string } = {
  warn: 'Take it back',
  pause: 'Let go on',
  review: 'Done',
};

const RULES: { readonly [R in Notice['rule']]: string } = {
  gold: 'gold answers',
  agreement: 'agreement',
  seconds: 'time an answer',
  run: 'answers alike',
  test: 'test before the work',
  admin: 'by an admin',
};

export function Notices({ raters, maySteer }: { readonly raters: readonly Rater[]; readonly maySteer: boolean }) {
  const client = useQueryClient();
  const close = useMutation({
    mutationFn: (id: string) => call('closeNotice', { params: { id } }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (error) => toast(describeFailure(error).message),
  });
  const open = raters.flatMap(({ name, notices }) => notices.map((notice) => ({ ...notice, name })));
  if (open.length === 0) return null;
  return (
    <ul className="notices" aria-label="Open notices">
      {open.map(({ id, name, rule, action, detail, createdAt }) => (
        <li key={id}>
          <span>
            <b>{name}</b> <span className="tag">{NOTICE_TAGS[action]}</span> {RULES[rule]}
            {detail && `: ${detail}`} <span className="soft small">{formatTime(createdAt)}</span>
          </span>
          {maySteer && (
            <button type="button" className="button little" disabled={close.isPending} onClick={() => close.mutate(id)}>
              {CLOSE[action]}
              <span className="hidden-text"> {name}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, read } from '../../api/client.ts';
import { Markdown } from '../../rate/markdown.tsx';
import { Card } from '../../ui/card.tsx';
import { Field } from '../../ui/field.tsx';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import '../../rate/rate.css';
import { GuidelineVersions } from './guideline-versions.tsx';

/** What raters are told: edited as Markdown, stored as a new version. */
export function Guidelines() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('getGuidelines'));
  const [draft, setDraft] = useState<string>();
  const save = useMutation({
    mutationFn: (text: string) => call('putGuidelines', { body: { text } }),
    onSuccess: ({ guideline }) => {
      toast(`Stored as version ${guideline.version}.`);
      setDraft(undefined);
      void client.invalidateQueries({ queryKey: ['getGuidelines'] });
      void client.invalidateQueries({ queryKey: ['listGuidelines'] });
    },
  });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const stored = data.guideline?.text ?? data.preset;
  const text = draft ?? stored;
  return (
    <Card
      title="Guidelines"
      note={`${data.guideline ? `Version ${data.guideline.version} is what raters see.` : 'These words stand until you store others.'} Each answer is stamped with the version it was given under.`}
    >
      <div className="columns">
        <Field label="Text" hint="Markdown; HTML is shown as text.">
          {(attributes) => (
            <textarea
              {...attributes}
              dir="auto"
              rows={14}
              maxLength={50_000}
              value={text}
              onChange={(event) => setDraft(event.target.value)}
            />
          )}
        </Field>
        <div>
          <span className="label">As raters see it</span>
          <Markdown text={text} />
        </div>
      </div>
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={!text.trim() || text === stored || save.isPending}
          onClick={() => save.mutate(text)}
        >
          Store as a new version
        </button>
      </div>
      <FormFailure error={save.error} />
      <GuidelineVersions onTake={setDraft} />
    </Card>
  );
}

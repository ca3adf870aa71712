import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Input } from '../../../../src/studio/contract/client.ts';
import { call } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { Field, SelectField, TextField } from '../../ui/field.tsx';
import { plural } from '../../ui/format.ts';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import { decodeText, formatOfName } from './prompt-file.ts';

type Format = Input<'importPrompts'>['body']['format'];

const FORMATS = [
  ['text', 'Text, one a line'],
  ['csv', 'CSV with a column text'],
  ['jsonl', 'JSONL with a key text'],
] as const;

/** Prompts of one's own, pasted or from a file, looked at before they are stored. */
export function ImportPrompts() {
  const client = useQueryClient();
  const [format, setFormat] = useState<Format>('text');
  const [split, setSplit] = useState<'seen' | 'development' | 'unseen' | 'shares'>('seen');
  const [shares, setShares] = useState({ unseenShare: 0.3, developmentShare: 0.1 });
  const [content, setContent] = useState('');
  const run = useMutation({
    mutationFn: (dryRun: boolean) =>
      call('importPrompts', {
        body: { format, content, dryRun, ...(split === 'shares' ? shares : { split }) },
      }),
    onSuccess: ({ added, known }, dryRun) => {
      if (dryRun) return;
      toast(`${plural(added, 'prompt')} added; ${known} were there already.`);
      setContent('');
      void client.invalidateQueries();
    },
  });
  async function takeFile(file: File | undefined): Promise<void> {
    if (!file) return;
    const text = decodeText(await file.arrayBuffer());
    if (text === undefined) return toast(`${file.name} is no UTF-8 text: save it as UTF-8 and choose it again.`);
    setContent(text);
    setFormat(formatOfName(file.name));
  }
  return (
    <Card title="Import" note="Prompts of your own: paste them, or choose a file.">
      <div className="filters">
        <SelectField label="Format" value={format} options={FORMATS} onChange={setFormat} />
        <SelectField
          label="For"
          value={split}
          options={[
            ['seen', 'learning'],
            ['development', 'choosing settings'],
            ['unseen', 'evaluation alone'],
            ['shares', 'all three, by shares'],
          ]}
          onChange={setSplit}
        />
        {split === 'shares' &&
          (['unseenShare', 'developmentShare'] as const).map((key) => (
            <TextField
              key={key}
              label={key === 'unseenShare' ? 'Share for evaluation' : 'Share to choose settings'}
              hint="0 to 1, drawn by the seed"
              type="number"
              min={0}
              max={1}
              step={0.05}
              value={shares[key]}
              onChange={(event) => setShares({ ...shares, [key]: Number(event.target.value) || 0 })}
            />
          ))}
        <Field label="File" wide>
          {(attributes) => (
            <input
              {...attributes}
              type="file"
              accept=".txt,.csv,.tsv,.jsonl,.ndjson,.json,text/*"
              onChange={(event) => void takeFile(event.target.files?.[0])}
            />
          )}
        </Field>
      </div>
      <Field label="Prompts">
        {(attributes) => (
          <textarea
            {...attributes}
            dir="auto"
            placeholder={'two green dogs in a city\na red cat on a beach'}
            value={content}
            onChange={(event) => setContent(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={!content.trim() || run.isPending}
          onClick={() => run.mutate(true)}
        >
          Check
        </button>
        <button
          type="button"
          className="button primary"
          disabled={!content.trim() || run.isPending}
          onClick={() => run.mutate(false)}
        >
          Import
        </button>
      </div>
      {run.data && <ImportResult result={run.data} checked={run.variables === true} />}
      <FormFailure error={run.error} />
    </Card>
  );
}

interface ImportResultProps {
  readonly result: Awaited<ReturnType<typeof call<'importPrompts'>>>;
  readonly checked: boolean;
}

function ImportResult({ result, checked }: ImportResultProps) {
  const { added, known, problems, problemCount, passedOver, repeats, readAs, examples } = result;
  return (
    <div className="notice small" role="status">
      <p>
        {plural(added, 'new prompt')} {checked ? 'would be' : added === 1 ? 'was' : 'were'} added; {known} known already
        {problemCount > 0 && <>; {plural(problemCount, 'line')} left out</>}
        {repeats > 0 && <>; {plural(repeats, 'line')} had a prompt of another line, and the last of them counts</>}
        {passedOver.length > 0 && <>; columns passed over: {passedOver.join(', ')}</>}.
      </p>
      {Object.entries(readAs).map(([words, count]) => (
        <p key={words}>
          {count} × {words}
        </p>
      ))}
      {examples.length > 0 && (
        <p className="soft">
          {examples
            .slice(0, 3)
            .map(({ text, category, split: own }) => `${text} (${category}, ${own})`)
            .join(' · ')}
        </p>
      )}
      {problems.slice(0, 5).map(({ line, message }) => (
        <p key={line}>
          Line {line}: {message}
        </p>
      ))}
    </div>
  );
}

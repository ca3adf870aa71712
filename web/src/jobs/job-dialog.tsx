// What a stage will work with: the configuration's values, each of which can be set for this once.

import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../src/studio/contract/client.ts';
import type { JobKind } from '../../../src/studio/contract/jobs.ts';
import { call, read } from '../api/client.ts';
import { describeSetting } from '../api/settings.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { FormFailure, Loading } from '../ui/states.tsx';
import { toast } from '../ui/toasts.tsx';
import { JOB_NAMES, JOB_QUESTIONS, JOB_SECTIONS } from './job-names.ts';

type Setting = Output<'getSettings'>['settings'][number];
type Options = Readonly<Record<string, string | number | boolean>>;

interface JobDialogProps {
  readonly kind: JobKind;
  readonly onClose: () => void;
}

export function JobDialog({ kind, onClose }: JobDialogProps) {
  const [options, setOptions] = useState<Options>({});
  const { data } = useQuery(read('getSettings'));
  const start = useMutation({
    mutationFn: () => call('startJob', { body: { kind, options: { ...options } } }),
    onSuccess: () => {
      toast(`${JOB_NAMES[kind]}: started.`);
      onClose();
    },
  });
  const section = JOB_SECTIONS[kind];
  const question = JOB_QUESTIONS[kind];
  const own = data?.settings.filter((setting) => setting.section === section) ?? [];
  const settings = own.filter(({ kind: form }) => form !== 'pair');
  const pairs = own.filter(({ kind: form }) => form === 'pair').map(keyOf);
  const set = (key: string, value: string | number | boolean | undefined) => {
    const { [key]: _old, ...rest } = options;
    setOptions(value === undefined ? rest : { ...rest, [key]: value });
  };
  return (
    <Dialog title={JOB_NAMES[kind]} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <p className="soft small">
          It runs in a process of its own: you can close this page. What it has done is kept when it is cancelled.
        </p>
        {section && !data && <Loading />}
        {settings.length > 0 && (
          <details>
            <summary>Options for this run</summary>
            <div className="form options">
              {settings.map((setting) => (
                <OptionField key={setting.path} setting={setting} onChange={(value) => set(keyOf(setting), value)} />
              ))}
              {pairs.length > 0 && (
                <p className="soft small">Two numbers each, which Settings keeps: {pairs.join(', ')}.</p>
              )}
            </div>
          </details>
        )}
        {question && (
          <label className="check">
            <input
              type="checkbox"
              checked={options[question.option] === true}
              onChange={(event) => set(question.option, event.target.checked || undefined)}
            />
            <span>{question.text}</span>
          </label>
        )}
        <div className="row">
          <FormFailure error={start.error} />
          <button type="submit" className="button primary" disabled={start.isPending}>
            Start
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const keyOf = ({ path }: Setting): string => path.slice(path.indexOf('.') + 1);

interface OptionFieldProps {
  readonly setting: Setting;
  /** Undefined where the configuration's value stays. */
  readonly onChange: (value: string | number | boolean | undefined) => void;
}

function OptionField({ setting, onChange }: OptionFieldProps) {
  const { kind, value, choices } = setting;
  const now = String(value ?? '');
  const options = choices ?? (kind === 'boolean' ? ['true', 'false'] : null);
  function give(text: string): void {
    const typed = kind === 'number' ? Number(text) : kind === 'boolean' ? text === 'true' : text;
    onChange(text === '' || text === now ? undefined : typed);
  }
  return (
    <Field label={keyOf(setting)} hint={describeSetting(setting)}>
      {(attributes) =>
        options ? (
          <select {...attributes} defaultValue={now} onChange={(event) => give(event.target.value)}>
            {options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        ) : (
          <input
            {...attributes}
            type={kind === 'number' ? 'number' : 'text'}
            step="any"
            defaultValue={now}
            onChange={(event) => give(event.target.value)}
          />
        )
      }
    </Field>
  );
}

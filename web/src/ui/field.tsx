// A labelled input with its hint and what is wrong with it, tied together for screen readers.

import { type InputHTMLAttributes, type ReactElement, type ReactNode, useId } from 'react';
import { Words } from './words.tsx';

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly wrong?: string | undefined;
  readonly wide?: boolean;
  /** Draws the input with the attributes that it needs. */
  readonly children: (attributes: {
    id: string;
    className: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => ReactElement;
}

export function Field({ label, hint, wrong, wide, children }: FieldProps) {
  const id = useId();
  const note = wrong ?? hint;
  return (
    <div className={wide ? 'field wide' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: 'input',
        'aria-describedby': note ? `${id}-note` : undefined,
        'aria-invalid': wrong !== undefined,
      })}
      {note && (
        <div id={`${id}-note`} className={wrong ? 'wrong' : 'hint'}>
          {typeof note === 'string' ? <Words text={note} /> : note}
        </div>
      )}
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, 'children'> & InputHTMLAttributes<HTMLInputElement>;

export function TextField({ label, hint, wrong, wide = false, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} wrong={wrong} wide={wide}>
      {(attributes) => <input type="text" dir="auto" {...input} {...attributes} />}
    </Field>
  );
}

interface SelectFieldProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, name: string])[];
  readonly onChange: (value: Value) => void;
  readonly hint?: string;
  readonly wide?: boolean;
}

export function SelectField<Value extends string>({
  label,
  value,
  options,
  onChange,
  hint,
  wide = false,
}: SelectFieldProps<Value>) {
  return (
    <Field label={label} hint={hint} wide={wide}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.target.value as Value)}>
          {options.map(([option, name]) => (
            <option key={option} value={option}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

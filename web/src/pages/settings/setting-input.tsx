import { type Setting, showSetting } from './setting-value.ts';

interface SettingInputProps {
  readonly setting: Setting;
  readonly onChange: (text: string) => void;
}

/** The input of one key. */
export function SettingInput({ setting, onChange }: SettingInputProps) {
  const { path, kind, value, choices } = setting;
  const options = choices ?? (kind === 'boolean' ? ['true', 'false'] : null);
  const now = showSetting(value);
  if (options)
    return (
      <select
        className="inline"
        aria-label={path}
        defaultValue={now}
        key={now}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  return (
    <input
      className="inline"
      aria-label={path}
      type={kind === 'number' ? 'number' : 'text'}
      step="any"
      defaultValue={now}
      key={now}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

// Every action with its keys; each can be given another key, and single keys can be switched off (WCAG 2.1.4).

import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { saveKeySettings, useKeySettings } from './key-settings.ts';
import {
  ACTION_NAMES,
  type Action,
  DEFAULT_SETTINGS,
  labelOfKey,
  type Mode,
  nameOfKey,
  rebind,
  resolveBindings,
} from './keymap.ts';

export function KeysDialog({ mode, onClose }: { readonly mode: Mode; readonly onClose: () => void }) {
  const settings = useKeySettings();
  const [waiting, setWaiting] = useState<Action>();
  const bindings = Object.entries(resolveBindings(settings, mode)) as [Action, readonly string[]][];
  return (
    <Dialog title={mode === 'image' ? 'Keys for images' : 'Keys for pairs'} onClose={onClose}>
      <div className="check">
        <input
          id="single-keys"
          type="checkbox"
          checked={settings.enabled}
          onChange={(event) => saveKeySettings({ ...settings, enabled: event.target.checked })}
        />
        <label htmlFor="single-keys">
          Single keys answer
          <span className="soft small block">
            Switch this off if you use speech input, or press keys by accident. The buttons and Ctrl+Z go on working.
          </span>
        </label>
      </div>
      <table className="keys">
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">Keys</th>
            <th scope="col">
              <span className="hidden-text">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {bindings.map(([action, keys]) => (
            <tr key={action}>
              <th scope="row">{ACTION_NAMES[action]}</th>
              <td>
                {keys.length === 0 && <span className="soft">none</span>}
                {keys.map((key) => (
                  <span key={key} className="keycap">
                    {labelOfKey(key)}
                  </span>
                ))}
              </td>
              <td>
                <button
                  type="button"
                  className="button little"
                  aria-label={`Change the key for ${ACTION_NAMES[action]}`}
                  onClick={() => setWaiting(action)}
                  onBlur={() => setWaiting(undefined)}
                  onKeyDown={(event) => {
                    const name = nameOfKey(event);
                    if (waiting !== action || !name) return;
                    event.preventDefault();
                    saveKeySettings(rebind(settings, mode, action, [name]));
                    setWaiting(undefined);
                  }}
                >
                  {waiting === action ? 'Press a key…' : 'Change'}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" className="button" onClick={() => saveKeySettings(DEFAULT_SETTINGS)}>
        Restore the default keys
      </button>
    </Dialog>
  );
}

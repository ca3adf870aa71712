// Every action with its keys; each can be given another key, and single keys can be switched off (WCAG 2.1.4).

import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { say, type WordKey } from '../words/words.ts';
import { saveKeySettings, useKeySettings } from './key-settings.ts';
import { type Action, DEFAULT_SETTINGS, type Mode, nameOfKey, rebind, resolveBindings } from './keymap.ts';
import { sayKey } from './say-key.ts';

const TITLES = {
  image: 'keysImages',
  pair: 'keysPairs',
  scale: 'keysScale',
  best: 'keysBest',
} as const satisfies Record<Mode, WordKey>;

export function KeysDialog({ mode, onClose }: { readonly mode: Mode; readonly onClose: () => void }) {
  const settings = useKeySettings();
  const [waiting, setWaiting] = useState<Action>();
  const bindings = Object.entries(resolveBindings(settings, mode)) as [Action, readonly string[]][];
  return (
    <Dialog title={say(TITLES[mode])} onClose={onClose}>
      <div className="check">
        <input
          id="single-keys"
          type="checkbox"
          checked={settings.enabled}
          onChange={(event) => saveKeySettings({ ...settings, enabled: event.target.checked })}
        />
        <label htmlFor="single-keys">
          {say('singleKeys')}
          <span className="soft small block">{say('singleKeysHint')}</span>
        </label>
      </div>
      {(mode === 'scale' || mode === 'best') && (
        <p className="soft small">{say('digitKeys', { most: mode === 'scale' ? 5 : 9 })}</p>
      )}
      <table className="keys">
        <thead>
          <tr>
            <th scope="col">{say('action')}</th>
            <th scope="col">{say('keys')}</th>
            <th scope="col">
              <span className="hidden-text">{say('change')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {bindings.map(([action, keys]) => (
            <tr key={action}>
              <th scope="row">{say(action)}</th>
              <td>
                {keys.length === 0 && <span className="soft">{say('none')}</span>}
                {keys.map((key) => (
                  <span key={key} className="keycap">
                    {sayKey(key)}
                  </span>
                ))}
              </td>
              <td>
                <button
                  type="button"
                  className="button little"
                  aria-label={say('changeKey', { action: say(action) })}
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
                  {say(waiting === action ? 'pressKey' : 'change')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" className="button" onClick={() => saveKeySettings(DEFAULT_SETTINGS)}>
        {say('restoreKeys')}
      </button>
    </Dialog>
  );
}

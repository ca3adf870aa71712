// The choice between light, dark and whatever the system says.

import { useState } from 'react';
import { readScheme, type Scheme, setScheme } from '../theme/scheme.ts';
import { say, useLanguage } from '../words/words.ts';

export function SchemeSelect() {
  useLanguage();
  const [scheme, set] = useState(readScheme);
  return (
    <label className="scheme">
      <span className="hidden-text">{say('scheme')}</span>
      <select
        value={scheme}
        onChange={(event) => {
          const chosen = event.target.value as Scheme;
          setScheme(chosen);
          set(chosen);
        }}
      >
        <option value="system">{say('schemeSystem')}</option>
        <option value="light">{say('schemeLight')}</option>
        <option value="dark">{say('schemeDark')}</option>
      </select>
    </label>
  );
}

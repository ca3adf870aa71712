// The choice between light, dark and whatever the system says.

import { useState } from 'react';
import { readScheme, type Scheme, setScheme } from '../theme/scheme.ts';

export function SchemeSelect() {
  const [scheme, set] = useState(readScheme);
  return (
    <label className="scheme">
      <span className="hidden-text">Color scheme</span>
      <select
        value={scheme}
        onChange={(event) => {
          const chosen = event.target.value as Scheme;
          setScheme(chosen);
          set(chosen);
        }}
      >
        <option value="system">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

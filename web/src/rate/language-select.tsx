// The language of the raters' pages, by the languages' own names.

import { chooseLanguage, LANGUAGES, type Language, say, useLanguage } from '../words/words.ts';

export function LanguageSelect() {
  const language = useLanguage();
  return (
    <label className="scheme">
      <span className="hidden-text">{say('language')}</span>
      <select value={language} onChange={(event) => void chooseLanguage(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

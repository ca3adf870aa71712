import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { Markdown } from '../../rate/markdown.tsx';
import { formatTime, plural } from '../../ui/format.ts';

interface GuidelineVersionsProps {
  /** Takes the text of a version as the draft of the next. */
  readonly onTake: (text: string) => void;
}

/** What raters were told before, and how much was answered under it. */
export function GuidelineVersions({ onTake }: GuidelineVersionsProps) {
  const { data } = useQuery(read('listGuidelines'));
  if (!data || data.versions.length < 2) return null;
  return (
    <div className="form">
      <span className="label">Versions</span>
      {data.versions.map(({ version, text, createdAt, answers }) => (
        <details key={version}>
          <summary>
            Version {version}, {formatTime(createdAt)}: {plural(answers, 'answer')}
          </summary>
          <Markdown text={text} />
          <button type="button" className="button little" onClick={() => onTake(text)}>
            Edit from here<span className="hidden-text"> version {version}</span>
          </button>
        </details>
      ))}
    </div>
  );
}

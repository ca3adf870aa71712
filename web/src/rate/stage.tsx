// What is asked, and the pictures it is asked about: one, a sheet, or a pair.

import type { CSSProperties } from 'react';
import type { Kind, Question, RateItem } from './item.ts';
import { Picture } from './picture.tsx';
import { currentSheet } from './queue.ts';
import type { SessionState } from './session.ts';

const QUESTIONS: Readonly<Record<Question, readonly [string, string]>> = {
  alignment: ['Which picture', 'follows the prompt better?'],
  fidelity: ['Which picture', 'looks better, whatever the prompt says?'],
};

interface StageProps {
  readonly kind: Kind;
  readonly state: SessionState;
  readonly onChoose: (key: string) => void;
  readonly onZoom: () => void;
}

export function Stage({ kind, state, onChoose, onZoom }: StageProps) {
  const current = state.current!;
  return (
    <>
      <div className="ask">
        <p className="question">
          <Ask item={current} kind={kind} />
        </p>
        <h1>{current.prompt}</h1>
      </div>
      {kind === 'sheet' ? (
        <Sheet state={state} onChoose={onChoose} />
      ) : kind === 'pair' ? (
        <div className="shown pair">
          {['Left', 'Right'].map((side, i) => (
            <figure key={side}>
              <Zoomable src={current.pictures[i]!} alt={`${side} picture`} onZoom={onZoom} />
              <figcaption>{side}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <div className="shown">
          <Zoomable src={current.pictures[0]!} alt="The picture to rate" onZoom={onZoom} />
        </div>
      )}
    </>
  );
}

function Ask({ item, kind }: { readonly item: RateItem; readonly kind: Kind }) {
  if (item.pair) {
    const [who, what] = QUESTIONS[item.pair.question];
    return (
      <>
        {who} <b>{what}</b>
      </>
    );
  }
  return (
    <>
      {kind === 'sheet'
        ? 'Which of these pictures show what the prompt says?'
        : 'Does the picture show what the prompt says?'}
    </>
  );
}

interface ZoomableProps {
  readonly src: string;
  readonly alt: string;
  readonly onZoom: () => void;
}

function Zoomable({ src, alt, onZoom }: ZoomableProps) {
  return (
    <button type="button" className="frame-of" onClick={onZoom} onPointerDown={(event) => event.preventDefault()}>
      <Picture src={src} alt={alt} />
      <span className="hidden-text">Enlarge</span>
    </button>
  );
}

function Sheet({ state, onChoose }: Pick<StageProps, 'state' | 'onChoose'>) {
  const tiles = currentSheet(state.queue);
  const columns = Math.min(tiles.length, tiles.length <= 4 ? 2 : tiles.length <= 9 ? 3 : 4);
  const rows = Math.ceil(tiles.length / columns);
  return (
    <div className="sheet-of" style={{ '--columns': columns, '--rows': rows } as CSSProperties}>
      {tiles.map(({ item, answer }, i) => (
        <button
          key={item.key}
          type="button"
          className={`${item === state.current ? 'here' : ''} ${answer ? 'done' : ''}`}
          aria-current={item === state.current}
          disabled={answer !== undefined}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(item.key)}
        >
          <Picture src={item.pictures[0]!} alt={`Picture ${i + 1} of ${tiles.length}`} />
          {answer && <span className={`verdict ${answer}`}>{answer}</span>}
        </button>
      ))}
    </div>
  );
}

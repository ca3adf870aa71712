// What is asked, and the pictures it is asked about: one, a sheet, a pair, or a sheet of which the best is asked.

import { type CSSProperties, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { say } from '../words/words.ts';
import { fitSheet } from './fit-sheet.ts';
import type { Answer, Choice, Kind, RateItem } from './item.ts';
import { Picture } from './picture.tsx';
import { currentSheet } from './queue.ts';
import type { SessionState } from './session.ts';

const QUESTIONS = { alignment: 'askAlignment', fidelity: 'askFidelity' } as const;
const SIDES = ['left', 'right'] as const;

interface StageProps {
  readonly kind: Kind;
  readonly state: SessionState;
  readonly onChoose: (key: string) => void;
  readonly onZoom: () => void;
  /** Whether the picture is rated on scales. */
  readonly hasScales: boolean;
  /** The best of a sheet, from 1. */
  readonly onPick: (number: number) => void;
}

export function Stage({ kind, state, hasScales, onChoose, onZoom, onPick }: StageProps) {
  const current = state.current!;
  return (
    <>
      <Prompt text={current.prompt} isTight={hasScales}>
        {hasScales ? say('askScale') : <Ask item={current} kind={kind} />}
      </Prompt>
      {kind === 'sheet' ? (
        <Sheet state={state} onChoose={onChoose} />
      ) : kind === 'best' ? (
        <BestOf pictures={current.pictures} onPick={onPick} />
      ) : kind === 'pair' ? (
        <div className="shown pair">
          {SIDES.map((side, i) => (
            <figure key={side}>
              <Zoomable src={current.pictures[i]!} alt={say(`${side}Picture`)} onZoom={onZoom} />
              <figcaption>{say(side)}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <div className="shown">
          <Zoomable src={current.pictures[0]!} alt={say('pictureToRate')} onZoom={onZoom} />
        </div>
      )}
    </>
  );
}

/** A prompt from so many characters on is set as text, not as a headline. */
const [LONG, LONG_WHERE_TIGHT] = [160, 60];

interface PromptProps {
  readonly text: string;
  /** Whether the answers below take more room than usual. */
  readonly isTight?: boolean;
  readonly children: ReactNode;
}

/** The question over the prompt, which is set smaller the longer it is, and scrolls where even that does not fit. */
export function Prompt({ text, isTight = false, children }: PromptProps) {
  const isLong = text.length > (isTight ? LONG_WHERE_TIGHT : LONG);
  const mayScroll = isLong || isTight;
  return (
    <section
      className={isLong ? 'ask long' : 'ask'}
      aria-label={say('whatIsAsked')}
      // What may scroll must be reachable by keyboard.
      tabIndex={mayScroll ? 0 : undefined}
      data-scrolls={mayScroll || undefined}
    >
      <p className="question">{children}</p>
      <h1 dir="auto" style={{ '--length': text.length } as CSSProperties}>
        {text}
      </h1>
    </section>
  );
}

function Ask({ item, kind }: { readonly item: RateItem; readonly kind: Kind }) {
  if (!item.pair && kind !== 'best') return say(kind === 'sheet' ? 'askSheet' : 'askImage');
  const [before, strong, after] = say(item.pair ? QUESTIONS[item.pair.question] : 'askBest').split('**');
  return (
    <>
      {before}
      <b>{strong}</b>
      {after}
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
      <span className="hidden-text">{say('enlarge')}</span>
    </button>
  );
}

function Sheet({ state, onChoose }: Pick<StageProps, 'state' | 'onChoose'>) {
  const tiles = currentSheet(state.queue);
  const [ref, room] = useRoom();
  const { columns, side } = fitSheet(tiles.length, room, GAP);
  return (
    <div className="shown" ref={ref}>
      <div className="sheet-of" style={{ gridTemplateColumns: `repeat(${columns}, ${side}px)`, gap: GAP }}>
        {tiles.map(({ item, answer }, i) => (
          <button
            key={item.key}
            type="button"
            className={`${item === state.current ? 'here' : ''} ${answer ? 'done' : ''}`}
            aria-current={item === state.current}
            title={answer && say('answerAgain')}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(item.key)}
          >
            <Picture src={item.pictures[0]!} alt={say('pictureOf', { number: i + 1, total: tiles.length })} />
            {answer && (
              <span className={`verdict ${answer}`}>{say(answer as Exclude<Answer, Choice>).toLowerCase()}</span>
            )}
          </button>
        ))}
      </div>
    </div>
  );
}

interface BestOfProps {
  readonly pictures: readonly string[];
  readonly onPick: (number: number) => void;
}

function BestOf({ pictures, onPick }: BestOfProps) {
  const [ref, room] = useRoom();
  const { columns, side } = fitSheet(pictures.length, room, GAP);
  return (
    <div className="shown" ref={ref}>
      <div className="sheet-of" style={{ gridTemplateColumns: `repeat(${columns}, ${side}px)`, gap: GAP }}>
        {pictures.map((src, i) => (
          <button
            key={src}
            type="button"
            className="pick"
            aria-keyshortcuts={String(i + 1)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onPick(i + 1)}
          >
            <Picture src={src} alt={say('pictureOf', { number: i + 1, total: pictures.length })} />
            <span className="verdict" aria-hidden="true">
              {i + 1}
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** Pixels between the tiles of a sheet, with room for the frame of the one that is next. */
const GAP = 10;

/** The size of an element as it changes. */
function useRoom() {
  const ref = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current!;
    const measure = () => setRoom({ width: element.clientWidth - 2 * GAP, height: element.clientHeight - 2 * GAP });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, room] as const;
}

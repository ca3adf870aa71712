// How fast a stage comes along now, and so how long it will still take: by what came lately, since workers join and leave.

/** The pace is that of the last minute, or of the last few pieces where those took longer. */
const [WINDOW_MS, WINDOW_PIECES] = [60_000, 10];
/** Pieces are noted at most so often. */
const APART_MS = 500;
/**
 * Where nothing came for so long, and for so many times as long as between any two before, nobody knows when the next one comes. Pieces
 * come many at once, too, of whoever makes so many together.
 */
const [SILENCE_MS, SILENCE_GAPS] = [60_000, 3];

export interface Pace {
  /** `done` pieces are there now. */
  note(done: number): void;
  /** Pieces a second of late; 0 before the first one, and where none came for long. */
  rate(): number;
  /** Seconds until all of `total` are there; undefined where nothing tells. */
  secondsLeft(total: number): number | undefined;
  /** Seconds since the last piece came, where that is so long that the pace no longer holds. */
  silence(): number | undefined;
}

/** A pace that begins now with what is there. */
export function createPace(done: number, clock: () => number): Pace {
  const notes = [{ at: clock(), done }];
  let last = { at: clock(), done };

  /** What came lately, by now. */
  function measure(): { pieces: number; ms: number } {
    const first = notes[0]!;
    return { pieces: last.done - first.done, ms: clock() - first.at };
  }
  function silence(): number | undefined {
    const { pieces } = measure();
    const gaps = notes.slice(1).map(({ at }, i) => at - notes[i]!.at);
    const ms = clock() - last.at;
    return pieces > 0 && ms > Math.max(SILENCE_MS, SILENCE_GAPS * Math.max(0, ...gaps)) ? ms / 1000 : undefined;
  }
  function rate(): number {
    const { pieces, ms } = measure();
    return silence() !== undefined || ms <= 0 ? 0 : (1000 * pieces) / ms;
  }
  return {
    note(now) {
      if (now === last.done) return;
      // After a silence the pace is another: whoever was there has gone, and others came.
      if (silence() !== undefined) notes.splice(0, notes.length, { at: clock(), done: now });
      last = { at: clock(), done: now };
      if (last.at - notes.at(-1)!.at >= APART_MS) notes.push(last);
      while (notes.length > 1 && last.at - notes[1]!.at >= WINDOW_MS && now - notes[1]!.done >= WINDOW_PIECES)
        notes.shift();
    },
    rate,
    secondsLeft(total) {
      const pace = rate();
      return pace > 0 ? Math.max(0, total - last.done) / pace : undefined;
    },
    silence,
  };
}

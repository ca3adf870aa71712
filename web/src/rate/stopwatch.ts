// The time that a rater spends on an item: from when it is seen until it is answered, less the time the page was hidden.

export interface Stopwatch {
  /** Starts from zero. */
  restart(): void;
  /** The page was hidden or is seen again. */
  setHidden(hidden: boolean): void;
  /** Milliseconds since `restart`, those hidden left out. */
  read(): number;
}

export function createStopwatch(clock: () => number): Stopwatch {
  let [spent, since, hidden] = [0, clock(), false];
  const read = () => Math.round(spent + (hidden ? 0 : clock() - since));
  return {
    restart() {
      [spent, since] = [0, clock()];
    },
    setHidden(now) {
      if (now === hidden) return;
      spent = read();
      [since, hidden] = [clock(), now];
    },
    read,
  };
}

/** Lets everything that waits for a promise go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Timer {
  due: number;
  /** 0 for one that runs once. */
  every: number;
  run: () => void;
  /** The browser's, not the page's. */
  browsers: boolean;
}

/** The time of a page, which passes only when the test says so. */
export class Clock {
  now = 1_700_000_000_000;
  /** What the page's own handlers would have reported as uncaught. */
  readonly uncaught: unknown[] = [];
  readonly #timers = new Set<Timer>();

  /** Runs `work` as the browser runs a page's handlers. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.uncaught.push(error);
    }
  }

  /** HTML, "timers": what is not a number counts as 0. An interval is never shorter than 1 ms here, so that time goes on. */
  start(run: () => void, ms: unknown, repeats = false, browsers = false): Timer {
    const delay = Math.max(repeats ? 1 : 0, Math.trunc(Number(ms)) || 0);
    const timer = { due: this.now + delay, every: repeats ? delay : 0, run, browsers };
    this.#timers.add(timer);
    return timer;
  }

  stop(timer: Timer): void {
    this.#timers.delete(timer);
  }

  /** The milliseconds until each pending timer of the page's. */
  get timers(): number[] {
    return [...this.#timers].filter(({ browsers }) => !browsers).map(({ due }) => due - this.now);
  }

  /** Lets `ms` milliseconds pass, running each timer at its time; promises go on after each, as they do in a browser. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((one, other) => one.due - other.due);
      if (!next || !(next.due <= end)) break;
      this.now = Math.max(this.now, next.due);
      if (next.every) next.due += next.every;
      else this.stop(next);
      this.guard(next.run);
      await settle();
    }
    this.now = end;
    await settle();
  }
}

/** What runs right now: one line that renews itself on a terminal, a line now and then in a log. */

/** So often a log gets its line. */
const EVERY_MS = 15_000;

export class Progress {
  private readonly began = Date.now();
  private readonly running: string[] = [];
  private readonly timer: NodeJS.Timeout;
  private ended = 0;
  private readonly total: number;

  constructor(total: number) {
    this.total = total;
    const live = process.stdout.isTTY;
    this.timer = setInterval(() => (live ? this.renew() : console.log(this.line())), live ? 1_000 : EVERY_MS);
  }

  private line(): string {
    const seconds = Math.round((Date.now() - this.began) / 1000);
    return `${seconds} s: ${this.ended} of ${this.total} done, running ${this.running.join(", ")}`;
  }

  private clear(): void {
    if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  }

  private renew(): void {
    if (!process.stdout.isTTY) return;
    this.clear();
    process.stdout.write(this.line().slice(0, process.stdout.columns - 1));
  }

  starts(name: string): void {
    this.running.push(name);
    this.renew();
  }

  ends(name: string): void {
    this.running.splice(this.running.indexOf(name), 1);
    this.ended++;
    this.renew();
  }

  /** Prints what is to stay. */
  print(text: string): void {
    this.clear();
    console.log(text);
    if (this.ended < this.total) this.renew();
  }

  done(): void {
    clearInterval(this.timer);
    this.clear();
  }
}

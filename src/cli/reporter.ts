/** Prints results on stdout and progress on stderr: a line that moves on a terminal, plain lines when piped. */
export class Reporter {
  private readonly json: boolean;
  private readonly quiet: boolean;
  private readonly tty = process.stderr.isTTY;
  private stageName = '';
  private stageStart = 0;
  private drawn = 0;
  private lineOpen = false;

  constructor(options: { readonly json: boolean; readonly quiet: boolean }) {
    this.json = options.json;
    this.quiet = options.quiet;
  }

  /** A named step begins. */
  stage = (name: string): void => {
    this.clear();
    this.finishStage();
    this.stageName = name;
    this.stageStart = Date.now();
    if (this.tty) this.draw(name);
  };

  /** `done` of `total` units of the running step. */
  progress = (done: number, total: number): void => {
    if (!this.tty || Date.now() - this.drawn < 100) return;
    const seconds = (Date.now() - this.stageStart) / 1000;
    const rate = done / Math.max(0.001, seconds);
    const eta = rate > 0 ? Math.max(0, (total - done) / rate) : 0;
    const share = total > 0 ? Math.floor((100 * done) / total) : 100;
    this.draw(
      `${this.stageName}  ${share}%  ${Math.round(rate).toLocaleString('en')}/s  ${formatSeconds(eta)} left`,
    );
  };

  /** A remark beside the result. */
  note = (text: string): void => {
    this.clear();
    if (!this.quiet) process.stderr.write(`${text}\n`);
  };

  /** The result: text for people, or the JSON document. */
  result(document: unknown, text: () => string): void {
    this.end();
    process.stdout.write(this.json ? `${JSON.stringify(document, null, 1)}\n` : `${text()}\n`);
  }

  end(): void {
    this.clear();
    this.finishStage();
  }

  private finishStage(): void {
    if (this.stageName === '') return;
    const seconds = (Date.now() - this.stageStart) / 1000;
    if (!this.quiet && (seconds >= 0.5 || !this.tty))
      process.stderr.write(`  ${this.stageName.padEnd(44)} ${seconds.toFixed(1)} s\n`);
    this.stageName = '';
  }

  private draw(text: string): void {
    if (this.quiet) return;
    this.drawn = Date.now();
    process.stderr.write(`\r\u001b[2K  ${text}`);
    this.lineOpen = true;
  }

  private clear(): void {
    if (this.lineOpen) process.stderr.write('\r\u001b[2K');
    this.lineOpen = false;
  }
}

/** 75 -> `1m15s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}

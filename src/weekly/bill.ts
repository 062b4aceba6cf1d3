/** What one stage of a run cost. */
export interface BillLine {
  readonly stage: string;
  readonly wallSeconds: number;
  /** Of this process and its workers. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** Times stages one after the other. */
export class Bill {
  readonly lines: BillLine[] = [];
  private stage: string | null = null;
  private wall = 0;
  private cpu = 0;

  start(stage: string): void {
    this.stop();
    this.stage = stage;
    this.wall = performance.now();
    this.cpu = cpuSeconds();
  }

  stop(): void {
    if (this.stage === null) return;
    this.add({
      stage: this.stage,
      wallSeconds: round((performance.now() - this.wall) / 1000),
      cpuSeconds: round(cpuSeconds() - this.cpu),
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    });
    this.stage = null;
  }

  /** Adds to a stage's line; a stage that runs several times has one line. */
  private add(line: BillLine): void {
    const at = this.lines.findIndex((known) => known.stage === line.stage);
    const known = this.lines[at];
    if (known === undefined) this.lines.push(line);
    else
      this.lines[at] = {
        stage: line.stage,
        wallSeconds: round(known.wallSeconds + line.wallSeconds),
        cpuSeconds: round(known.cpuSeconds + line.cpuSeconds),
        peakMb: Math.max(known.peakMb, line.peakMb),
      };
  }

  /** CPU seconds that worker processes of the running stage used. */
  charge(cpuSeconds: number): void {
    this.cpu -= cpuSeconds;
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** What one stage of a run cost. */
export interface BillLine {
  readonly stage: string;
  readonly wallSeconds: number;
  /** CPU seconds of this process; worker processes report their own. */
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

  stop(extraCpuSeconds = 0): void {
    if (this.stage === null) return;
    this.lines.push({
      stage: this.stage,
      wallSeconds: round((performance.now() - this.wall) / 1000),
      cpuSeconds: round(cpuSeconds() - this.cpu + extraCpuSeconds),
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    });
    this.stage = null;
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

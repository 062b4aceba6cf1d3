import { childCpuSeconds, cpuSeconds, peakMemoryMb, resetPeakMemory } from '../platform/index.ts';

/** What one stage of a run cost. */
export interface BillLine {
  readonly stage: string;
  readonly wallSeconds: number;
  /** Of this process and its workers, their start and end included. */
  readonly cpuSeconds: number;
  /** Largest memory of one process during the stage. */
  readonly peakMb: number;
}

/** Times stages one after the other; nothing between two stages is lost. */
export class Bill {
  readonly lines: BillLine[] = [];
  private stage: string | null = null;
  private wall = 0;
  private cpu = 0;
  private workerMb = 0;

  /** A bill that begins with this process: what it used so far is the line `start`. */
  static ofProcess(): Bill {
    const bill = new Bill();
    bill.stage = 'start';
    bill.wall = performance.now() - process.uptime() * 1000;
    return bill;
  }

  start(stage: string): void {
    this.stop();
    this.stage = stage;
  }

  stop(): void {
    const [wall, cpu] = [performance.now(), cpuSeconds()];
    if (this.stage !== null)
      this.add({
        stage: this.stage,
        wallSeconds: round((wall - this.wall) / 1000),
        cpuSeconds: round(cpu - this.cpu),
        peakMb: Math.max(peakMemoryMb(), this.workerMb),
      });
    resetPeakMemory();
    this.stage = null;
    this.workerMb = 0;
    this.wall = wall;
    this.cpu = cpu;
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

  /** What a worker of the running stage told: its CPU counts where the system does not tell it. */
  charge(worker: { readonly cpuSeconds: number; readonly peakMb: number }): void {
    if (childCpuSeconds() === null) this.cpu -= worker.cpuSeconds;
    this.workerMb = Math.max(this.workerMb, worker.peakMb);
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Runs the native part of a method and keeps account of it. */
export type Measure = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * Core time of methods: processor time of this process, all threads, user and system, while their native
 * calls ran. One call at a time, or they are charged for each other. Training is not in it. What is
 * measured differs from run to run and belongs in no digest.
 */
export class CoreTime {
  private readonly spent = new Map<string, number>();

  readonly measure: Measure = async (name, work) => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    this.spent.set(name, (this.spent.get(name) ?? 0) + user + system);
    return result;
  };

  /** Microseconds per listener of a method; NaN where it was never measured. */
  perListener(name: string, listeners: number): number {
    return (this.spent.get(name) ?? Number.NaN) / listeners;
  }
}

/** Charges nobody. */
export const unmeasured: Measure = async (_name, work) => work();

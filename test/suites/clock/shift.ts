// Preloaded into commands: their clock says so many milliseconds more (or less) than the machine's.
const shift = Number(process.env['SUITE_CLOCK'] ?? '0');
const Machine = Date;

class Shifted extends Machine {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [Machine.now() + shift] : args) as [number]));
  }

  static override now(): number {
    return Machine.now() + shift;
  }
}

globalThis.Date = Shifted as DateConstructor;

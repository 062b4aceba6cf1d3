import { ConfigError } from '../domain/index.ts';
import { type LedgerRow, appendLedger, openLedger } from './ledger.ts';

/** A look at test points: nothing gives them out without one, and only `lookAtTest` makes one. */
class Look {
  private open = true;
  private taken = false;

  /** Test points were handed out. */
  get used(): boolean {
    return this.taken;
  }

  /** Called by whatever hands out test points; a look that has ended gives none. */
  use(): void {
    if (!this.open)
      throw new ConfigError('This look at the test weeks has ended.', {
        code: 'evaluation.look_ended',
        remedy: 'Take another with lookAtTest, which writes it to the ledger.',
      });
    this.taken = true;
  }

  end(): void {
    this.open = false;
  }
}

export type TestLook = Look;

/** Whose futures a protocol may judge by: those for tuning, or the test, by a look that is recorded. */
export type Split = 'tuning' | TestLook;

/** What `lookAtTest` writes beside the figures. */
export interface LookAbout {
  readonly ledger: string;
  readonly protocol: string;
  readonly recipe: string;
  readonly now: Date;
}

/**
 * The only way to test points: the work gets a look, and its figures are appended to the ledger. A look
 * that was used and then failed leaves a row too. A ledger that cannot be written ends it before anything
 * was seen. Whatever tunes (comparisons of recipes, studies) takes no `Split` and so cannot be given one.
 */
export async function lookAtTest<T>(
  { ledger, protocol, recipe, now }: LookAbout,
  work: (look: TestLook) => Promise<T>,
  rowsOf: (result: T) => readonly LedgerRow[],
): Promise<T> {
  openLedger(ledger);
  const look = new Look();
  try {
    const result = await work(look);
    appendLedger(ledger, rowsOf(result), now);
    return result;
  } catch (error) {
    const method = 'stopped before a result';
    if (look.used)
      appendLedger(ledger, [{ protocol, recipe, judged: 0, method, figures: [] }], now);
    throw error;
  } finally {
    look.end();
  }
}

import { type Rng } from '../../src/domain/index.ts';

/** A file as somebody could hand it in. */
export interface Input {
  /** Its name, which tells the reader what it is. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Something that reads what strangers wrote. Made anew in the process that takes the inputs. */
export interface Reader {
  /** Reads one input. Returns where it was accepted; throws where it was refused. */
  take(input: Input): Promise<void>;
  close?(): Promise<void>;
}

export interface Kind {
  readonly name: string;
  /** Inputs that are always tried, besides those of the corpus; made when they are needed. */
  readonly special: readonly (() => Input | Promise<Input>)[];
  /** Inputs made from nothing; where there is none, those of the corpus are spoiled. */
  readonly invented?: (rng: Rng) => Input;
  /** Opens the reader with a folder of its own. */
  open(folder: string): Promise<Reader>;
}

/** What became of an input. */
export interface Verdict {
  readonly end: 'accepted' | 'refused' | 'failed';
  /** The code of the refusal, or what went wrong. */
  readonly why: string;
  readonly ms: number;
}

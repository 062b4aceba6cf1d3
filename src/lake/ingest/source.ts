import { type InputFile } from '../../platform/index.ts';
import { type BronzeTable } from '../layout.ts';

/** One input file with the table it feeds. */
export interface Source {
  readonly table: BronzeTable;
  readonly path: string;
  /** Name for messages and for `source_file`: relative to what the user gave. */
  readonly name: string;
  readonly format: InputFile['format'];
  /** Text formats: how the file is written. */
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: readonly string[];
  /** Column of the table -> column of the file, where the names differ. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Rows of one (user, track) are added up; there is no clock. */
  readonly summed: boolean;
}

/** What a format makes of the files it is given. */
export interface Plan {
  readonly sources: readonly Source[];
  /** Files that are not of the format, by name. */
  readonly passedOver: readonly string[];
  /** Events carry a time. */
  readonly clock: boolean;
  /** Tracks that no catalogue names are made up from events instead of refused. */
  readonly derivesTracks: boolean;
}

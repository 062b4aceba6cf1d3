/** Stable machine-readable names of everything that can go wrong; listed in docs/errors.md. */
export type ErrorCode = string;

interface ErrorDetails {
  readonly code: ErrorCode;
  /** What the user can do about it, one sentence. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** Base of every error a command may show: a stable `code`, the offending thing in the message, a remedy. */
export abstract class DeepcutsError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.remedy = details.remedy;
  }
}

/** A setting, flag or configuration file is wrong: the command exits with 2 before it touches anything. */
export class ConfigError extends DeepcutsError {}
/** Input data break the format; nothing was written. Single bad rows never raise: they go to quarantine. */
export class DataError extends DeepcutsError {}
/** An artifact is missing, damaged, or from after the as-of time it is used at. */
export class ArtifactError extends DeepcutsError {}
/** An engine (native kernel, LightGBM, DuckDB, a store) failed or is not installed. */
export class EngineError extends DeepcutsError {}
/** The named listener, week or artifact does not exist. */
export class NotFoundError extends DeepcutsError {}

import { ArtifactError, DataError, EngineError } from '../domain/index.ts';

/** Turns an error of the crate, "[code] message", into the product's class for that code. */
export function mapKernelError(cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  const [, code, message] = /^\[([a-z_.]+)\] ([\s\S]*)$/.exec(text) ?? [
    null,
    'kernel.failed',
    text,
  ];
  const details = { code: code as string, cause };
  if (code === 'kernel.shape') return new DataError(message as string, details);
  if (/^(col|model|source|exploration)\./.test(code as string))
    return new ArtifactError(message as string, {
      ...details,
      remedy: 'Rebuild the artifact it names.',
    });
  return new EngineError(message as string, details);
}

/** Runs a call into the crate with its errors mapped. */
export function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw mapKernelError(error);
  }
}

/** Awaits a task of the crate with its errors mapped. */
export async function guardedAsync<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw mapKernelError(error);
  }
}

import { ArtifactError, DataError, EngineError } from '../domain/index.ts';

/** Turns an error of the crate, "[code] message", into the product's class for that code. */
export function mapKernelError(cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  const [, code = 'kernel.failed', message = text] = /^\[([a-z_.]+)\] ([\s\S]*)$/.exec(text) ?? [];
  const details = { code, cause };
  if (code === 'kernel.shape') return new DataError(message, details);
  if (code === 'source.not_definite')
    return new ArtifactError(message, { ...details, remedy: 'Raise lambda in the recipe.' });
  if (code.startsWith('factors.'))
    return new EngineError(message, {
      ...details,
      remedy: 'Raise the regularization of the factors, or choose 1 to 512 dimensions.',
    });
  if (/^(col|model|source|exploration)\./.test(code))
    return new ArtifactError(message, {
      ...details,
      remedy: 'Rebuild the artifact it names.',
    });
  return new EngineError(message, details);
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

import { existsSync } from 'node:fs';
import { EngineError } from '../domain/index.ts';

/** A C library whose functions return 0 where they succeed. */
export interface CLibrary {
  /** Calls a function by its name; another status than 0 is an EngineError with the library's words. */
  readonly call: (name: string, ...args: unknown[]) => void;
  /** A copy of memory that the library owns. */
  readonly copy: (pointer: unknown, bytes: number) => ArrayBuffer;
}

export interface CLibrarySource {
  /** Its name in messages. */
  readonly name: string;
  readonly path: string;
  readonly codes: Readonly<Record<'missing' | 'load' | 'failed', string>>;
  /** The function that returns the last error's text. */
  readonly lastError: string;
  /** C prototypes by function name. */
  readonly signatures: Readonly<Record<string, string>>;
}

/** Opens a library that the set-up fetched; an EngineError where it is absent or does not load. */
export async function loadCLibrary(source: CLibrarySource): Promise<CLibrary> {
  const { name: title, path, codes, signatures } = source;
  if (!existsSync(path))
    throw new EngineError(`${title}'s library is not there (${path}).`, {
      code: codes.missing,
      remedy: 'Run "npm run setup"; it needs Python 3 with pip.',
    });
  const { default: koffi } = await import('koffi');
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(path);
  } catch (cause) {
    throw new EngineError(`${title}'s library does not load: ${String(cause)}`, {
      code: codes.load,
      remedy: 'Install libgomp1 (it comes with gcc).',
      cause,
    });
  }
  const lastError = library.func(`const char *${source.lastError}()`) as unknown as () => string;
  const functions = new Map(
    Object.entries(signatures).map(([name, signature]) => [
      name,
      library.func(signature) as unknown as (...args: unknown[]) => number,
    ]),
  );
  return {
    call: (name, ...args) => {
      if (functions.get(name)?.(...args) !== 0)
        throw new EngineError(`${title}: ${lastError()}`, {
          code: codes.failed,
          remedy: `The call was ${name}.`,
        });
    },
    copy: (pointer, bytes) => koffi.view(pointer, bytes).slice(0),
  };
}

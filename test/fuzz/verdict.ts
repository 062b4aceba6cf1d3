import { DeepcutsError } from '../../src/domain/index.ts';
import { type Input, type Reader, type Verdict } from './kind.ts';

/** Runs a reader on an input. Only errors of the product's classes with a code are refusals. */
export async function verdictOf(reader: Reader, input: Input): Promise<Verdict> {
  const started = performance.now();
  const [end, why] = await reader
    .take(input)
    .then((): [Verdict['end'], string] => ['accepted', ''])
    .catch((error: unknown): [Verdict['end'], string] =>
      isRefusal(error) ? ['refused', error.code] : ['failed', described(error)],
    );
  return { end, why, ms: performance.now() - started };
}

/** A panic of the crate has a code like any other error, but nobody should see one. */
function isRefusal(error: unknown): error is DeepcutsError {
  return (
    error instanceof DeepcutsError &&
    /^[a-z_]+(\.[a-z0-9_]+)+$/.test(error.code) &&
    error.code !== 'kernel.panic'
  );
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const place = /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] ?? '';
  return `${error.name}: ${error.message.slice(0, 300)} at ${place}`;
}

import { createReadStream } from 'node:fs';
import { DataError } from '../../domain/index.ts';

/** Bytes of a quoted field; the longest line of the SQL engine's reader. */
const longestField = 1 << 20;
const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];

/**
 * Refuses a delimited text in which a quoted field goes on for more than 1 MiB, as behind a quote that
 * nobody closes: over so many lines the SQL engine would take memory without end.
 */
export async function requireShortFields(path: string, delimiter: string): Promise<void> {
  const before = new Set([lineFeed, carriageReturn, delimiter.charCodeAt(0)]);
  let [position, opened, last] = [0, -1, lineFeed];
  // a quote within a field: its end, or the first of two that stand for one
  let met = false;
  for await (const part of createReadStream(path, { highWaterMark: 1 << 18 })) {
    const bytes = part as Buffer;
    let at = 0;
    while (at < bytes.length) {
      if (met) {
        met = false;
        if (bytes[at] === quote) at++;
        else opened = -1;
        continue;
      }
      const next = bytes.indexOf(quote, at);
      if (opened >= 0) met = next >= 0;
      else if (next >= 0 && before.has(next === 0 ? last : (bytes[next - 1] as number)))
        opened = position + next;
      at = next < 0 ? bytes.length : next + 1;
      if (opened >= 0 && position + at - opened > longestField) throw tooLong(path);
    }
    position += bytes.length;
    last = bytes.at(-1) ?? last;
  }
}

function tooLong(path: string): DataError {
  return new DataError(`${path} has a quoted field of more than ${longestField} bytes.`, {
    code: 'ingest.unreadable',
    remedy: 'Close the quote: one that is never closed makes the rest of the file one field.',
  });
}

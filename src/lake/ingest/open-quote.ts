import { createReadStream } from 'node:fs';

/** Longest quoted value, bytes; more is a quote that was never closed. */
export const longestQuoted = 1 << 20;

const [quote, newline, carriageReturn] = [0x22, 0x0a, 0x0d];

/**
 * Where in a CSV file a quoted value begins that does not end within `longestQuoted` bytes: the offset of
 * its quote, or null. Engines hold on to such a value with all that follows. A quote opens at the start of
 * a field only; two in a row stand for one.
 */
export async function openQuote(path: string, delimiter = ','): Promise<number | null> {
  const mark = delimiter.charCodeAt(0);
  let opened: number | null = null;
  let before = newline;
  let offset = 0;
  // a quote that ended the last chunk: whether it closes its value shows in the next byte
  let undecided = false;
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const chunk = part as Buffer;
    let at = 0;
    if (undecided) {
      undecided = false;
      if (chunk[0] === quote) at = 1;
      else opened = null;
    }
    for (let i = chunk.indexOf(quote, at); i >= 0; i = chunk.indexOf(quote, at)) {
      at = i + 1;
      if (opened === null) {
        const last = i > 0 ? chunk[i - 1] : before;
        if (last === mark || last === newline || last === carriageReturn) opened = offset + i;
      } else if (offset + i - opened > longestQuoted) return opened;
      else if (at === chunk.length) undecided = true;
      else if (chunk[at] === quote) at++;
      else opened = null;
    }
    before = chunk.at(-1) ?? before;
    offset += chunk.length;
    if (opened !== null && !undecided && offset - opened > longestQuoted) return opened;
  }
  return null;
}

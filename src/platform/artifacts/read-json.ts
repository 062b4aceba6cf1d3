import { readFileSync, statSync } from 'node:fs';
import { type z } from 'zod';

/** Deeper JSON is refused: nothing of ours comes near it, and walks over it would end the stack. */
const deepest = 64;
/** Bytes of a JSON file of ours. */
const longest = 256 * 1024 * 1024;

/** As `JSON.parse`, but text nested deeper than 64 levels is a SyntaxError. */
export function parseJson(text: string): unknown {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const mark = text.charCodeAt(i);
    if (mark === 0x22) quoted = !quoted;
    else if (quoted) i += mark === 0x5c ? 1 : 0;
    else if (mark === 0x5b || mark === 0x7b) depth++;
    else if (mark === 0x5d || mark === 0x7d) depth--;
    if (depth > deepest) throw new SyntaxError(`JSON is nested deeper than ${deepest} levels`);
  }
  return JSON.parse(text);
}

/**
 * Reads a JSON file of this shape. What is not JSON or of another shape is the error that `refuse`
 * makes of the first reason.
 */
export function readJson<T>(
  path: string,
  schema: z.ZodType<T>,
  refuse: (why: string, cause: unknown) => Error,
): T {
  let value: unknown;
  try {
    if (statSync(path).size > longest) throw new RangeError(`it has more than ${longest} bytes`);
    value = parseJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  throw refuse(`${place === '' ? '' : `"${place}": `}${issue?.message ?? 'not valid'}`, undefined);
}

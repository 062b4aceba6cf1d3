import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

const mb = 1024 * 1024;
/** What the program needs beside the SQL engine. */
const besidesSqlMb = 256;
const leastSqlMb = 128;
const mostSqlMb = 1024;

/** Bytes of memory this process may use: the machine's, its control group's, its address space's least. */
export function memoryAllowance(): number {
  const group = process.constrainedMemory();
  return Math.min(totalmem(), group > 0 ? group : Number.POSITIVE_INFINITY, addressSpace());
}

/** Memory of the SQL engine where nobody sets it, in MB: half of what is left to it, 128 to 1,024. */
export function sqlMemoryMb(allowance = memoryAllowance()): number {
  const half = Math.floor((allowance / mb - besidesSqlMb) / 2);
  return Math.min(mostSqlMb, Math.max(leastSqlMb, half));
}

/** The soft limit of `ulimit -v`; infinite where there is none or the system does not tell. */
function addressSpace(): number {
  try {
    const [, soft] =
      /^Max address space +(\d+) /m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

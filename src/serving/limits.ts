import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a bearer token is one of those whose SHA-256 (hex) is accepted; compared in constant time. */
export function accepted(token: string, hashes: readonly string[]): boolean {
  const digest = createHash('sha256').update(token, 'utf8').digest();
  let found = false;
  for (const hash of hashes) {
    const expected = Buffer.from(hash, 'hex');
    if (expected.length === digest.length && timingSafeEqual(expected, digest)) found = true;
  }
  return found;
}

const mostCallers = 100_000;

/**
 * A token bucket per caller: `perMinute` requests, refilled evenly. A refused request costs nothing,
 * so whoever keeps asking gets through at the rate. The callers longest silent are forgotten.
 */
export class RateLimiter {
  private readonly perMinute: number;
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perMinute: number) {
    this.perMinute = perMinute;
  }

  /** Whole seconds to wait, 0 when the request may go on. */
  take(caller: string, now: number): number {
    const bucket = this.buckets.get(caller) ?? { tokens: this.perMinute, at: now };
    const elapsed = Math.max(0, now - bucket.at);
    const tokens = Math.min(this.perMinute, bucket.tokens + (elapsed / 60_000) * this.perMinute);
    const allowed = tokens >= 1;
    this.buckets.delete(caller);
    this.buckets.set(caller, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.buckets.size > mostCallers)
      this.buckets.delete(this.buckets.keys().next().value as string);
    return allowed ? 0 : Math.ceil(((1 - tokens) / this.perMinute) * 60);
  }
}

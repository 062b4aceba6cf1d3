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

/** A token bucket per caller: `perMinute` requests, refilled evenly; forgets idle callers. */
export class RateLimiter {
  private readonly perMinute: number;
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perMinute: number) {
    this.perMinute = perMinute;
  }

  /** Seconds to wait, 0 when the request may go on. */
  take(caller: string, now: number): number {
    const bucket = this.buckets.get(caller) ?? { tokens: this.perMinute, at: now };
    const tokens = Math.min(
      this.perMinute,
      bucket.tokens + ((now - bucket.at) / 60_000) * this.perMinute,
    );
    this.buckets.delete(caller);
    this.buckets.set(caller, { tokens: Math.max(0, tokens - 1), at: now });
    if (this.buckets.size > 100_000)
      this.buckets.delete(this.buckets.keys().next().value as string);
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / this.perMinute) * 60);
  }
}

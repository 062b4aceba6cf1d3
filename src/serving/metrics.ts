const bounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];

/** Counts and latencies of requests, in Prometheus text. */
export class RequestMetrics {
  private readonly counts = new Map<string, number>();
  private readonly buckets = Array.from(bounds, () => 0).concat(0);
  private seconds = 0;
  private total = 0;

  observe(route: string, status: number, seconds: number): void {
    const key = `route="${route}",status="${status}"`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const at = bounds.findIndex((bound) => seconds <= bound);
    const slot = at < 0 ? bounds.length : at;
    this.buckets[slot] = (this.buckets[slot] as number) + 1;
    this.seconds += seconds;
    this.total++;
  }

  text(gauges: Readonly<Record<string, number>>): string {
    const lines = ['# TYPE deepcuts_requests_total counter'];
    for (const [labels, count] of this.counts)
      lines.push(`deepcuts_requests_total{${labels}} ${count}`);
    lines.push('# TYPE deepcuts_request_seconds histogram');
    let below = 0;
    for (const [i, bound] of bounds.entries()) {
      below += this.buckets[i] as number;
      lines.push(`deepcuts_request_seconds_bucket{le="${bound}"} ${below}`);
    }
    lines.push(
      `deepcuts_request_seconds_bucket{le="+Inf"} ${this.total}`,
      `deepcuts_request_seconds_sum ${this.seconds}`,
      `deepcuts_request_seconds_count ${this.total}`,
    );
    for (const [name, value] of Object.entries(gauges))
      lines.push(`# TYPE deepcuts_${name} gauge`, `deepcuts_${name} ${value}`);
    return `${lines.join('\n')}\n`;
  }
}

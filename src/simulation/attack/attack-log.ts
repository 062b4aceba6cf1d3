import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Family } from './families.ts';
import { type SeenSession, type SeenTrack } from './world-view.ts';

/** Where and in which session something is played. */
export interface Setting {
  readonly user: string;
  readonly session: string;
  readonly country: string;
  readonly device: string;
  readonly context: string;
}

/** Collects the events of attacks and who they are of; writes them as input and truth. */
export class AttackLog {
  private readonly events: string[] = [];
  private readonly accounts: string[] = [];
  private readonly newcomers: string[] = [];
  private readonly sessions = new Map<string, string>();
  private count = 0;
  private readonly endsAt: number;

  constructor(endsAt: number) {
    this.endsAt = endsAt;
  }

  /** A new account of the family. */
  newcomer(family: Family, country: string, joinedMs: number): string {
    const user = `v${String(10_000_000 + this.newcomers.length).slice(1)}`;
    this.newcomers.push(`${user},${country},${new Date(joinedMs).toISOString().slice(0, 10)}`);
    this.account(family, user);
    return user;
  }

  /** Marks an account as one of the family. */
  account(family: Family, user: string): void {
    this.accounts.push(`${user},${family.name},${family.kind},${family.side}`);
  }

  /** A name for a new session of the account; the truth says whose it is. */
  session(family: Family, user: string): string {
    const session = `z${user.slice(1)}-${this.count++}`;
    this.sessions.set(`${user},${session}`, `${family.name},${family.kind},${family.side}`);
    return session;
  }

  /** A play of a track, heard for `msPlayed` (default: to its end). Returns when the next may begin. */
  play(at: Setting, track: SeenTrack, ms: number, msPlayed = track.durationMs): number {
    const played = Math.min(msPlayed, track.durationMs);
    this.add(at, track.id, ms, 'play', played);
    return ms + played + 1500;
  }

  skip(at: Setting, track: SeenTrack, ms: number, msPlayed: number): number {
    this.add(at, track.id, ms, 'skip', msPlayed);
    return ms + msPlayed + 1500;
  }

  /** Somebody's session as it was, begun at another time in another account. */
  replay(at: Setting, session: SeenSession, startMs: number): void {
    const begun = session.plays[0]?.ms ?? 0;
    for (const { track, ms, kind, msPlayed } of session.plays)
      this.add(at, track, startMs + ms - begun, kind, msPlayed);
  }

  private add(at: Setting, track: string, ms: number, kind: string, msPlayed: number): void {
    if (ms >= this.endsAt) return;
    const { user, country, device, context, session } = at;
    const ts = new Date(Math.floor(ms)).toISOString();
    this.events.push(
      [user, track, ts, kind, Math.floor(msPlayed), country, device, context, session].join(','),
    );
  }

  /** Writes `events/`, `listeners/` and `truth/`; returns how much. */
  write(folder: string): { accounts: number; sessions: number; events: number } {
    const put = (path: string, header: string, lines: readonly string[]): void => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), `${[header, ...lines].join('\n')}\n`);
    };
    const columns = 'user_id,track_id,ts,kind,ms_played,country,device,context,session_id';
    put('events/attack.csv', columns, this.events);
    put('listeners/attack.csv', 'user_id,country,joined_on', this.newcomers);
    put('truth/accounts.csv', 'user_id,family,kind,side', this.accounts);
    const sessions = [...this.sessions].map(([key, family]) => `${key},${family}`);
    put('truth/sessions.csv', 'user_id,session_id,family,kind,side', sessions);
    const { events, accounts } = this;
    return { accounts: accounts.length, sessions: sessions.length, events: events.length };
  }
}

import type { Rng } from '../domain/index.ts';
import { dayMs, weekMs } from './config.ts';
import { contexts, devices } from './contexts.ts';
import type { Listener } from './listeners.ts';
import { countries } from './places.ts';
import { drawIndex } from './sampling.ts';

/** Whose session it is: the listener's own, or one that says nothing about the listener. */
export const sessionKinds = ['own', 'child', 'guest', 'sleep', 'hijack'] as const;
export type SessionKind = (typeof sessionKinds)[number];

/** One session as planned: when it begins, how many tracks it has, what goes on. */
export interface Session {
  readonly startMs: number;
  readonly plays: number;
  readonly context: number;
  readonly device: number;
  readonly kind: SessionKind;
}

/** Mean number of plays in a session of the listener's own. */
const meanSessionPlays = 13;
const idleWeek = 0.08;
const mostSessions = 60;

/**
 * The sessions of a listener in the week that begins at `fromMs`, in order of time. A listener
 * expects `plays` plays, idle weeks included; sessions before joining are left out.
 */
export function planSessions(
  rng: Rng,
  listener: Listener,
  fromMs: number,
  plays: number,
  week: number,
): Session[] {
  if (rng.uniform() < idleWeek) return [];
  const mean = plays / (1 - idleWeek) / meanSessionPlays;
  const sessions: Session[] = [];
  for (let n = Math.min(mostSessions, rng.poisson(mean)); n > 0; n--) {
    const context = drawIndex(rng, listener.contextMix);
    const kind = kindOf(rng, listener, context, week);
    const startMs = startOf(rng, listener, context, fromMs);
    const device = devices.indexOf(
      pick(rng, contexts[context]?.devices) as (typeof devices)[number],
    );
    const length =
      kind === 'sleep'
        ? 15 + rng.below(20)
        : 1 + Math.floor((meanSessionPlays - 0.5) * rng.exponential());
    if (startMs >= listener.joinedMs)
      sessions.push({ startMs, plays: Math.min(60, length), context, device, kind });
  }
  return sessions.toSorted((a, b) => a.startMs - b.startMs);
}

function kindOf(rng: Rng, listener: Listener, context: number, week: number): SessionKind {
  const draw = rng.uniform();
  if (listener.hijackedWeek === week) return draw < 0.6 ? 'hijack' : 'own';
  if (listener.sleepsToMusic && contexts[context]?.name === 'sleep') return 'sleep';
  if (draw < 0.015) return 'guest';
  return listener.hasChild && draw < 0.115 ? 'child' : 'own';
}

/** A start within the week whose local hour is one of the context's. */
function startOf(rng: Rng, listener: Listener, context: number, fromMs: number): number {
  const offsetMs =
    (countries[listener.country]?.regions[listener.region]?.offsetHours ?? 0) * 3_600_000;
  const midnight = Math.floor((fromMs + offsetMs) / dayMs) * dayMs - offsetMs;
  const hour = pick(rng, contexts[context]?.hours) ?? 12;
  const start = midnight + rng.below(7) * dayMs + Math.floor((hour + rng.uniform()) * 3_600_000);
  return start < fromMs ? start + weekMs : start >= fromMs + weekMs ? start - weekMs : start;
}

function pick<T>(rng: Rng, from: readonly T[] | undefined): T | undefined {
  return from?.[rng.below(from.length)];
}

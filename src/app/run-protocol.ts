import { ConfigError, DataError } from '../domain/index.ts';
import {
  type LedgerRow,
  type Split,
  evaluateFoldIn,
  evaluateLeaveOneOut,
  evaluateNextTrack,
  evaluateWeekly,
} from '../evaluation/index.ts';
import { type SilverRef } from '../lake/index.ts';
import { type ChainOptions } from '../scoring/index.ts';
import { evaluationText, foldInText, rankingText } from './evaluation-text.ts';
import { foldInLedger, rankingLedger, weeklyLedger } from './ledger.ts';

export interface ProtocolRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  /** Of fold-in's split. */
  readonly seed: number;
  readonly onStage?: (stage: string) => void;
}

/** What a protocol found: for `--json`, as text, and for the ledger. */
export interface Outcome {
  readonly result: unknown;
  readonly text: () => string;
  readonly ledger: readonly LedgerRow[];
}

const protocols = {
  weekly: async (request: ProtocolRequest): Promise<Outcome> => {
    const result = await evaluateWeekly(request);
    requireJudged(result.judged);
    return { result, text: () => evaluationText(result), ledger: weeklyLedger(result) };
  },
  'fold-in': async (request: ProtocolRequest): Promise<Outcome> => {
    const result = await evaluateFoldIn(request);
    return { result, text: () => foldInText(result), ledger: foldInLedger(result) };
  },
  'leave-one-out': async (request: ProtocolRequest): Promise<Outcome> => {
    const result = await evaluateLeaveOneOut(request);
    return { result, text: () => rankingText(result), ledger: rankingLedger(result) };
  },
  'next-track': async (request: ProtocolRequest): Promise<Outcome> => {
    const result = await evaluateNextTrack(request);
    return { result, text: () => rankingText(result), ledger: rankingLedger(result) };
  },
} as const;

export type ProtocolName = keyof typeof protocols;

export const protocolNames = Object.keys(protocols) as readonly ProtocolName[];

/** The protocol of that name; an unknown one is a ConfigError. */
export function protocolNamed(name: string): ProtocolName {
  const found = protocolNames.find((known) => known === name);
  if (found !== undefined) return found;
  throw new ConfigError(`There is no protocol "${name}".`, {
    code: 'evaluation.protocol',
    remedy: `Use one of ${protocolNames.join(', ')}.`,
  });
}

/** Judges by a protocol of docs/quality.md. */
export function runProtocol(name: ProtocolName, request: ProtocolRequest): Promise<Outcome> {
  return protocols[name](request);
}

function requireJudged(judged: number): void {
  if (judged > 0) return;
  throw new DataError('Nobody plays anything new in the held-out weeks: nothing can be judged.', {
    code: 'evaluation.nobody',
    remedy: 'Ingest a longer history, or lower ranking.label_days.',
  });
}

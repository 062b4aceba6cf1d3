import { type Interval } from '../domain/index.ts';

/** `.0291`; a dash where there is nothing to say. */
export function numberText(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits).replace(/^(-?)0\./, '$1.');
}

/** `.0291 [.0219, .0366]` */
export function intervalText({ mean, low, high }: Interval, digits = 4): string {
  return `${numberText(mean, digits)} [${numberText(low, digits)}, ${numberText(high, digits)}]`;
}

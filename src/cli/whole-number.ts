import { ConfigError } from '../domain/index.ts';
import { type Context } from './command.ts';

/** The whole number an option was given, undefined where it was not; anything else is a ConfigError. */
export function wholeNumber(
  values: Context['values'],
  name: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {},
): number | undefined {
  const text = values[name];
  if (typeof text !== 'string') return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const range =
    max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max.toLocaleString('en')}`;
  throw new ConfigError(`--${name} takes a whole number ${range}, not "${text}".`, {
    code: 'cli.number',
    remedy: 'Write it in digits.',
  });
}

import { join } from 'node:path';
import {
  type Artifact,
  ColFile,
  ColWriter,
  buildArtifact,
  digestJson,
} from '../../src/platform/index.ts';
import { type ExampleSet } from '../../src/ranking/index.ts';

/** Ways to train on clicks that depend on the place. */
export const armNames = ['slot as a feature', 'no correction', 'propensity weights'] as const;
export type ArmName = (typeof armNames)[number];

/** Largest weight of a click. */
const mostWeight = 10;

/** Positive shown examples over shown examples, by slot from 1; entry 0 is organic. */
export interface SlotRates {
  readonly positives: readonly number[];
  readonly examples: readonly number[];
}

const filesOf = ({ manifest }: Artifact): string[] =>
  Object.keys(manifest.files)
    .filter((name) => name.endsWith('.col'))
    .toSorted();

export function slotRates(sets: readonly ExampleSet[], slotAt: number, width: number): SlotRates {
  const positives: number[] = [];
  const examples: number[] = [];
  for (const { examples: artifact } of sets)
    for (const name of filesOf(artifact)) {
      const file = ColFile.open(join(artifact.path, name));
      const [x, label, weight] = [file.f32('x'), file.u8('label'), file.f32('weight')];
      for (const [i, y] of label.entries()) {
        const slot = x[i * width + slotAt] as number;
        const stands = y === 1 ? 1 : (weight[i] as number);
        positives[slot] = (positives[slot] ?? 0) + y;
        examples[slot] = (examples[slot] ?? 0) + stands;
      }
    }
  return {
    positives: Array.from(positives, (count) => count ?? 0),
    examples: Array.from(examples, (count) => count ?? 0),
  };
}

/**
 * How likely a slot is to be examined, against the first: its rate of positives over that of slot 1,
 * for lists whose order is by chance; never more than in the slot before it. Slot 0 is 1.
 */
export function propensities({ positives, examples }: SlotRates): number[] {
  const rate = (slot: number): number => (positives[slot] ?? 0) / Math.max(1, examples[slot] ?? 0);
  const found = [1];
  for (let slot = 1; slot < examples.length; slot++)
    found.push(Math.min(found.at(-1) as number, rate(slot) / rate(1)));
  return found;
}

/** The examples as an arm trains on them: without slots, and with weights, where it says so. */
export async function ofArm(
  dataDir: string,
  arm: ArmName,
  { examples, snapshot }: ExampleSet,
  slotAt: number,
  propensity: readonly number[],
): Promise<ExampleSet> {
  if (arm === 'slot as a feature') return { examples, snapshot };
  const identity = {
    kind: 'examples',
    schema: 2,
    asOf: examples.manifest.asOf,
    inputs: { examples: examples.manifest.contentDigest },
    config: { arm, propensity: arm === 'propensity weights' ? [...propensity] : [] },
    seed: 1,
  };
  const changed = await buildArtifact(
    join(dataDir, 'artifacts', 'examples'),
    identity,
    async (dir) => {
      const digests: string[] = [];
      for (const name of filesOf(examples)) {
        const file = ColFile.open(join(examples.path, name));
        const [x, label] = [file.f32('x').slice(), file.u8('label')];
        const weight = file.f32('weight').slice();
        const width = x.length / Math.max(1, label.length);
        for (const [i, y] of label.entries()) {
          const slot = x[i * width + slotAt] as number;
          if (arm === 'propensity weights' && y === 1)
            weight[i] = (weight[i] as number) * Math.min(mostWeight, 1 / (propensity[slot] ?? 1));
          x[i * width + slotAt] = Number.NaN;
        }
        const writer = new ColWriter(join(dir, name));
        writer.column('x', 'f32').append(x);
        writer.column('label', 'u8').append(label);
        writer.column('weight', 'f32').append(weight);
        writer.column('artist', 'u32').append(file.u32('artist'));
        writer.column('fold', 'u8').append(file.u8('fold'));
        writer.column('group', 'u32').append(file.u32('group'));
        digests.push(await writer.close({}));
      }
      const { maxEventTime, counts } = examples.manifest;
      return { maxEventTime, contentDigest: digestJson(digests), counts };
    },
  );
  return { examples: changed, snapshot };
}

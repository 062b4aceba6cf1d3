import { ArtifactError } from '../../domain/index.ts';
import { type ColFile } from './col-file.ts';
import { ColWriter } from './col-writer.ts';
import { type ColArray, type ColType, colArrays } from './format.ts';

interface Rows {
  /** Number of rows in the file. */
  readonly count: number;
  readonly dropped: ReadonlySet<number>;
  /** Columns under the name of a list that hold one value per row all the same. */
  readonly perRow?: ReadonlySet<string>;
  /** New values of a column, by name. */
  readonly change?: Readonly<Record<string, (value: number) => number>>;
}

/**
 * Writes a `.col` file without some of its rows. A row's share of a column: one element; its list, where
 * an offsets column `x.off` of `count + 1` elements stands over `x.…`; or as many elements as any other
 * row's. Another length is an ArtifactError. Returns the content digest of what was written.
 */
export async function dropRows(file: ColFile, out: string, rows: Rows): Promise<string> {
  const { count, dropped } = rows;
  const writer = new ColWriter(out);
  const kept = Array.from({ length: count }, (_, row) => row).filter((row) => !dropped.has(row));
  const lists = new Map(
    file.header.columns
      .filter(({ name, length }) => name.endsWith('.off') && length === count + 1)
      .map(({ name, type }) => [name.slice(0, -3), Array.from(file.read(name, type), Number)]),
  );
  for (const { name, type, length } of file.header.columns) {
    const column = writer.column(name, type);
    const prefix = [...lists.keys()].find((list) => name.startsWith(list));
    const offsets = prefix === undefined ? undefined : lists.get(prefix);
    const perRow = rows.perRow?.has(name) === true;
    if (offsets !== undefined && name === `${String(prefix)}off`) {
      let end = 0;
      const ends = kept.map((row) => (end += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0)));
      column.push([0, ...ends]);
      continue;
    }
    const width = count === 0 ? 0 : length / count;
    if ((offsets === undefined || perRow) && !Number.isInteger(width))
      throw new ArtifactError(`${file.path} has a column "${name}" that is not by row.`, {
        code: 'col.rows',
        remedy: 'Rebuild the artifact it belongs to.',
      });
    const range = (row: number): [number, number] =>
      offsets === undefined || perRow
        ? [row * width, (row + 1) * width]
        : [offsets[row] ?? 0, offsets[row + 1] ?? 0];
    const change = rows.change?.[name];
    const picked = pick(file.read(name, type), type, kept.map(range));
    column.append(change === undefined ? picked : changed(picked, type, change));
  }
  return writer.close(file.meta);
}

function pick<T extends ColType>(
  values: ColArray<T>,
  type: T,
  ranges: readonly (readonly [number, number])[],
): ColArray<T> {
  const length = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  const picked = new (colArrays[type] as Uint8ArrayConstructor)(length);
  let at = 0;
  for (const [from, to] of ranges) {
    picked.set((values as Uint8Array).subarray(from, to), at);
    at += to - from;
  }
  return picked as unknown as ColArray<T>;
}

function changed<T extends ColType>(
  values: ColArray<T>,
  type: T,
  change: (value: number) => number,
): ColArray<T> {
  const numbers = Array.from(values as Uint8Array, (value) => change(value));
  return new (colArrays[type] as Uint8ArrayConstructor)(numbers) as unknown as ColArray<T>;
}

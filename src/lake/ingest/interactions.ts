import { type Found, firstLine, nameParts, readHeader } from './files.ts';
import { type Plan, type Source } from './source.ts';

/**
 * Interactions without a clock: CSV with `user_id, track_id[, count]`, rows of a pair added up; a
 * CSV with `track_id, artist, track` beside it names the tracks.
 */
export async function planInteractions(files: readonly Found[]): Promise<Plan> {
  const sources: Source[] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    const text = nameParts(file.name).format === 'csv';
    const { delimiter, names } = readHeader(text ? await firstLine(file.path) : '');
    const has = (...columns: string[]) => columns.every((column) => names.includes(column));
    const csv = {
      path: file.path,
      name: file.name,
      format: 'csv',
      delimiter,
      header: names,
    } as const;
    if (has('user_id', 'track_id'))
      sources.push({ ...csv, table: 'events', renamed: {}, summed: true });
    else if (has('track_id', 'artist', 'track'))
      sources.push({ ...csv, table: 'tracks', renamed: { title: 'track' }, summed: false });
    else passedOver.push(file.name);
  }
  return { sources, passedOver, clock: false, derivesTracks: true };
}

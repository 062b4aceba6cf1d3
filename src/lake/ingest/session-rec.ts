import { type Found, firstLine, nameParts } from './files.ts';
import { type Plan, type Source } from './source.ts';

const renamed = {
  user_id: 'UserId',
  session_id: 'SessionId',
  track_id: 'ItemId',
  ts: 'Time',
  artist_id: 'ArtistId',
};

/** Files of session-rec: tab-separated, header `UserId SessionId ItemId Time [ArtistId]`. */
export async function planSessionRec(files: readonly Found[]): Promise<Plan> {
  const sources: Source[] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    const text = nameParts(file.name).format === 'csv';
    const header = text ? (await firstLine(file.path)).split('\t') : [];
    const fits = ['UserId', 'SessionId', 'ItemId', 'Time'].every((name) => header.includes(name));
    if (!fits) {
      passedOver.push(file.name);
      continue;
    }
    sources.push({
      table: 'events',
      path: file.path,
      name: file.name,
      format: 'csv',
      delimiter: '\t',
      quote: '',
      header,
      renamed,
      summed: false,
    });
  }
  return { sources, passedOver, clock: true, derivesTracks: true };
}

import { type Playlist } from '../serving/index.ts';

const statuses: Readonly<Record<Playlist['status'], string>> = {
  ready: '',
  carried_over: ' (carried over from an earlier week)',
  fallback: ' (fallback: too little is known of this listener)',
};

/** A playlist as numbered lines with the reason of each track. */
export function playlistText(playlist: Playlist): string {
  const rows = playlist.tracks.map((track) => {
    const name = `${track.title} – ${track.artist}`;
    return `${String(track.position).padStart(3)}. ${clip(name, 46).padEnd(46)}  ${track.reason ?? ''}`.trimEnd();
  });
  return [
    `Week ${playlist.week} for ${playlist.listener}${statuses[playlist.status]}`,
    '',
    ...rows,
  ].join('\n');
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

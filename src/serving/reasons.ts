/** A sentence for a source and the listener's tracks behind it. */
export function reasonOf(
  source: string,
  because: readonly { readonly title: string; readonly artist: string }[],
  track: { readonly artist: string },
): string {
  const named = because
    .slice(0, 2)
    .map((t) => `"${t.title}"`)
    .join(' and ');
  const artists = [...new Set(because.map((t) => t.artist))].slice(0, 2).join(' and ');
  switch (source) {
    case 'own_artists':
      return named === '' ? `more by ${track.artist}` : `you play ${track.artist}: ${named}`;
    case 'similar_artists':
      return artists === ''
        ? `listeners like you play ${track.artist}`
        : `listeners of ${artists} also play ${track.artist}`;
    case 'cooccurrence':
      return named === '' ? 'played next to your tracks' : `often played after ${named}`;
    case 'rp3beta':
      return named === '' ? 'shared by listeners like you' : `listeners of ${named} also keep this`;
    case 'country_popularity':
      return 'much heard in your country';
    case 'fresh':
      return 'new release in a genre of yours';
    case 'recent_popularity':
    case 'popularity':
      return 'much heard right now';
    case 'reserve':
      return 'next on your list';
    case 'exploration':
      return 'a chance for something new';
    default:
      return 'much heard; your own list starts after a few plays';
  }
}

import { type Command } from '../command.ts';

export const command: Command = {
  name: 'show',
  summary: "Prints a listener's list with the reason of each track.",
  usage: 'USER',
  positionals: { min: 1, max: 1 },
  options: {
    country: {
      type: 'string',
      value: 'CC',
      help: 'market filter, and the country of the fallback',
    },
    clean: { type: 'boolean', help: 'no explicit tracks' },
    aside: { type: 'boolean', help: "instead: sessions set aside as not the listener's, and why" },
  },
  async run({ positionals, values, report }) {
    const { asideOf, asideText, nothingPublished, openWorkspace, playlistText, withPublished } =
      await import('../../app/index.ts');
    const { Playlists } = await import('../../serving/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    if (values['aside'] === true) {
      const aside = await asideOf(workspace.dataDir, positionals[0] as string);
      report.result(aside, () => asideText(aside));
      return 0;
    }
    const query = {
      explain: true,
      explicit: values['clean'] !== true,
      country: (values['country'] as string | undefined)?.toUpperCase() ?? null,
      blockedArtists: [],
    };
    const playlist = await withPublished(workspace, async (store) => {
      const { opensAt } = await store.pointer();
      return new Playlists(workspace.dataDir, store).get(
        positionals[0] as string,
        query,
        Math.max(Date.now(), opensAt),
      );
    });
    if (playlist === null) throw nothingPublished();
    report.result(playlist, () => playlistText(playlist));
    return 0;
  },
};

import { type LiveWeek, type WorldSummary } from '../simulation/index.ts';

/** What a generated world contains, one line a subject, for people. */
export function worldText(folder: string, world: WorldSummary): string {
  const number = (n: number): string => n.toLocaleString('en-US');
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const genres = Object.entries(world.genreShares)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([name, share]) => `${name} ${percent(share)}`);
  const lines: [string, string][] = [
    ['world', folder],
    ['listeners', `${number(world.listeners)}, bots among them: ${number(world.bots)}`],
    [
      'catalogue',
      `${number(world.tracks)} tracks of ${number(world.recordings)} recordings by ` +
        `${number(world.artists)} artists`,
    ],
    [
      'plays',
      `${number(world.plays)}, ${percent(world.skips / world.plays)} skipped, ` +
        `${percent(1 - world.pairs / world.plays)} repeats, ` +
        `${percent(world.botPlays / world.plays)} by bots`,
    ],
    ['most played', `${percent(world.topShare)} of plays on 1 % of the recordings`],
    [
      'gestures',
      `${number(world.saves)} saves, ${number(world.playlistAdds)} playlist adds, ` +
        `${number(world.dislikes)} dislikes`,
    ],
    [
      'shown lists',
      `${number(world.impressions)} impressions, ${number(world.listPlays)} plays from them`,
    ],
    ['off taste', `${number(world.offTasteSessions)} sessions`],
    ['genres', genres.join(', ')],
  ];
  return lines.map(([name, value]) => `${name.padEnd(12)} ${value}`).join('\n');
}

/** What came of a lived week, one line a subject, for people. */
export function liveWeekText(week: LiveWeek): string {
  const number = (n: number): string => n.toLocaleString('en-US');
  const share = (n: number, of: number): string =>
    of === 0 ? '-' : `${((100 * n) / of).toFixed(2)} %`;
  return [
    `week        ${week.week} in ${week.folder}`,
    `plays       ${number(week.plays)} and ${number(week.skips)} skips`,
    `delivered   ${number(week.delivered)} tracks, ${share(week.opened, week.delivered)} in lists that were opened`,
    `kept        ${share(week.saved, week.delivered)} saved, ${share(week.liked, week.delivered)} liked, ` +
      `${share(week.played, week.delivered)} started`,
  ].join('\n');
}

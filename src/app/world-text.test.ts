import { expect, it } from 'vitest';
import { worldText } from './world-text.ts';

it('tells what a world contains in one line a subject', () => {
  const text = worldText('W', {
    listeners: 1504,
    bots: 4,
    recordings: 5000,
    tracks: 6000,
    artists: 625,
    plays: 200_000,
    skips: 100_000,
    saves: 12_000,
    dislikes: 300,
    playlistAdds: 4000,
    impressions: 9000,
    botPlays: 6000,
    pairs: 120_000,
    listPlays: 2000,
    offTasteSessions: 700,
    ownShare: 0.9,
    holidayShareByWeek: [0, 0],
    genreShares: { jazz: 0.25, rock: 0.5, folk: 0.25 },
    topShare: 0.375,
  });
  expect(text.split('\n')).toEqual([
    'world        W',
    'listeners    1,504, bots among them: 4',
    'catalogue    6,000 tracks of 5,000 recordings by 625 artists',
    'plays        200,000, 50.0 % skipped, 40.0 % repeats, 3.0 % by bots',
    'most played  37.5 % of plays on 1 % of the recordings',
    'gestures     12,000 saves, 4,000 playlist adds, 300 dislikes',
    'shown lists  9,000 impressions, 2,000 plays from them',
    'off taste    700 sessions',
    'genres       rock 50.0 %, folk 25.0 %, jazz 25.0 %',
  ]);
});

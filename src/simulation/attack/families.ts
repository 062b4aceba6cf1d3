/** A kind of attack, or of people who look like one. */
export interface Family {
  readonly name: string;
  /** `bot`: a machine; `hijack`: somebody else in an account; `human`: heavy, but a person. */
  readonly kind: 'bot' | 'hijack' | 'human';
  /** Thresholds are chosen on one side and judged on both. */
  readonly side: 'tuning' | 'held-out';
  readonly about: string;
}

/** Every family; a family lies wholly on one side. */
export const families = [
  ['loopers', 'bot', 'tuning', 'a farm that loops a dozen tracks to their end, 16 hours a day'],
  ['short-plays', 'bot', 'tuning', '31-second plays, 90 a day, spread over day and night'],
  ['lockstep', 'bot', 'tuning', 'accounts that begin the same track in the same second'],
  ['rotators', 'bot', 'tuning', 'a farm that rotates small artists at a human rate and hours'],
  ['camouflage', 'bot', 'held-out', '31-second plays hidden among full plays of the charts'],
  ['stolen', 'bot', 'held-out', 'accounts of people that also play from another country at once'],
  ['night-shift', 'bot', 'held-out', '45 short plays a night from 30 small artists'],
  [
    'stooges',
    'bot',
    'held-out',
    'ordinary listening, and one bought album played to its end daily',
  ],
  ['takeover', 'hijack', 'tuning', 'another listener uses the account for a week'],
  ['child-hour', 'hijack', 'tuning', "an hour of children's music every day for three weeks"],
  ['party', 'hijack', 'tuning', "one long evening of two other listeners' music"],
  ['guests', 'hijack', 'held-out', 'single sessions of four other listeners'],
  [
    'sleep-loop',
    'hijack',
    'held-out',
    'eight quiet tracks looped through the night for three weeks',
  ],
  ['housemate', 'hijack', 'held-out', "another listener's session every day for three weeks"],
  ['worker', 'human', 'tuning', 'a playlist looped 11 hours a working day'],
  ['superfan', 'human', 'tuning', 'one artist most of the time'],
  ['sleeper', 'human', 'tuning', 'own evenings, and a playlist looped every night'],
  ['bar', 'human', 'held-out', 'open 14 hours a day, two devices, nobody skips'],
  ['household', 'human', 'held-out', 'three people in one account, one of them abroad for a week'],
  ['marathon', 'human', 'tuning', 'a person who listens whenever awake, with skips'],
  ['courier', 'human', 'held-out', 'drives ten hours a day, to and fro across a border'],
  ['insomniac', 'human', 'held-out', 'a few tracks every two hours, day and night'],
].map(([name, kind, side, about]) => ({ name, kind, side, about })) as unknown as readonly Family[];

/**
 * An order of places in which any `spacing` consecutive ones hold an artist at most once, where there
 * is one: the first such in lexicographic order, so every track moves as little as those before it
 * allow. Fixed places keep their track; where their artists stand in other places too, such an order
 * may be missed. Where there is none: place by place the earliest track whose artist is not near, else
 * that of the artist seen longest ago.
 */
export function space(
  artists: readonly number[],
  fixed: readonly boolean[],
  spacing: number,
): number[] {
  const places = artists.map((_, place) => place);
  if (spacing < 2 || !clashes(places, artists, spacing)) return places;
  const start = { artists, fixed, spacing };
  const earliest = finish([], start, 'earliest');
  const canFinish = (order: readonly number[]): boolean =>
    !clashes(finish(order, start, 'most left'), artists, spacing);
  if (!clashes(earliest, artists, spacing) || !canFinish([])) return earliest;
  let order: number[] = [];
  for (const place of places) {
    const free = fixed[place] ? [place] : freeTracks(order, start);
    const next = free.find(
      (i) => fixed[place] || (fits(i, order, start) && canFinish([...order, i])),
    );
    if (next === undefined) return earliest;
    order = [...order, next];
  }
  return order;
}

interface Tracks {
  readonly artists: readonly number[];
  readonly fixed: readonly boolean[];
  readonly spacing: number;
}

function clashes(order: readonly number[], artists: readonly number[], spacing: number): boolean {
  return order.some((i, place) =>
    order.slice(place + 1, place + spacing).some((j) => artists[i] === artists[j]),
  );
}

function freeTracks(order: readonly number[], { artists, fixed }: Tracks): number[] {
  return artists.map((_, i) => i).filter((i) => !fixed[i] && !order.includes(i));
}

/** Whether a track may come next: its artist neither just before nor fixed just behind. */
function fits(i: number, order: readonly number[], { artists, fixed, spacing }: Tracks): boolean {
  const place = order.length;
  const behind = order.slice(Math.max(0, place + 1 - spacing));
  const ahead = artists.filter((_, p) => p > place && p < place + spacing && fixed[p]);
  return ![...behind.map((j) => artists[j]), ...ahead].includes(artists[i]);
}

/** Fills the remaining places with the earliest fitting track, or the one whose artist has most left. */
function finish(
  begun: readonly number[],
  tracks: Tracks,
  rule: 'earliest' | 'most left',
): number[] {
  const { artists, fixed } = tracks;
  const order = [...begun];
  for (let place = order.length; place < artists.length; place++) {
    const free = freeTracks(order, tracks);
    const fitting = free.filter((i) => fits(i, order, tracks));
    const left = (i: number): number => free.filter((j) => artists[j] === artists[i]).length;
    const seen = (i: number): number => order.findLastIndex((j) => artists[j] === artists[i]);
    const [next] = fixed[place]
      ? [place]
      : fitting.length === 0
        ? free.toSorted((a, b) => seen(a) - seen(b))
        : rule === 'earliest'
          ? fitting
          : fitting.toSorted((a, b) => left(b) - left(a));
    order.push(next as number);
  }
  return order;
}

import { decodeList, listValueBytes } from '../../../src/playlist/list-value.ts';
import { type Input, type Kind } from '../kind.ts';
import { pick } from '../mutate.ts';
import { smallList } from '../small-list.ts';

const input = (bytes: Uint8Array): Input => ({ name: 'list', bytes });

export const listValue: Kind = {
  name: 'list',
  special: [
    () => input(smallList(30, 60)),
    () => input(smallList(0, 0)),
    () => input(smallList(29, 59).subarray(0, -1)),
    () => input(Buffer.alloc(listValueBytes, 255)),
  ],
  invented: (rng) => {
    const bytes = smallList(Math.floor(rng.uniform() * 31), Math.floor(rng.uniform() * 61));
    for (let n = pick(rng, [0, 1, 2, 8]); n > 0; n--)
      bytes[Math.floor(rng.uniform() * bytes.length)] = rng.next();
    return input(bytes);
  },
  open: () =>
    Promise.resolve({
      take: async ({ bytes }) => {
        const found = await Promise.resolve(decodeList(bytes));
        if (found.tracks.length > 30 || found.reserve.length > 60)
          throw new Error('a list is longer than its format');
      },
    }),
};

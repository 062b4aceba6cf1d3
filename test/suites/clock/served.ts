import { type Prepared } from '../shared/prepared.ts';
import { clockOf } from './clocked.ts';

/** The week of a listener's list as `serve` gives it with a clock that is wrong by so much. */
export async function servedWeek(
  prepared: Prepared,
  dataDir: string,
  shiftMs: number,
): Promise<string> {
  const { child, ended } = prepared.start(dataDir, ['serve', '--port', '0'], clockOf(shiftMs));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout?.on('data', (part: Buffer) => {
        said += part.toString('utf8');
        const found = /Serving (\S+)/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      void ended.then(({ stderr }) => reject(new Error(stderr)));
    });
    const response = await fetch(new URL('/v1/listeners/u0000001/playlist', url));
    const { week } = (await response.json()) as { week?: string };
    return week ?? `status ${response.status}`;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

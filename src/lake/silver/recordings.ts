import { type Sql, type Statement } from '../../platform/index.ts';

/** Chains of releases longer than this would be a fault of the data, not of the music. */
const mostRounds = 20;

/**
 * Groups the tracks of the relation `catalogue` into recordings, as the table `recordings`: the label
 * of a group is its smallest track id, spread along equal ISRCs and equal title keys until it rests.
 */
export async function groupRecordings(
  sql: Sql,
  statement: (name: string) => Statement,
): Promise<void> {
  await sql.table('recordings', statement('recording_keys'));
  for (let round = 0; round < mostRounds; round++) {
    await sql.table('recordings_next', statement('recordings'));
    const [changed] = await sql.rows(statement('recordings_changed'));
    await sql.table('recordings', { name: 'recordings', text: 'SELECT * FROM recordings_next' });
    if (changed?.['n'] === 0) break;
  }
  await sql.drop('recordings_next');
}

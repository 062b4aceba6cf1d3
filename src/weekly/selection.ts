import { type Artifact, ColFile } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';

const activeFlag = 4;

/** How many listeners of a snapshot a selection names; ids that are not there count as nobody. */
export function countSelected(
  snapshot: Artifact,
  selection: 'all' | 'active' | readonly string[],
): number {
  let count = 0;
  const wanted = typeof selection === 'string' ? null : new Set(selection);
  for (const path of snapshotFiles(snapshot).listeners) {
    const file = ColFile.open(path);
    if (selection === 'all') count += file.length('seed');
    else if (selection === 'active')
      for (const flags of file.u8('flags')) count += (flags & activeFlag) === 0 ? 0 : 1;
    else for (const id of file.strings('user_id')) count += wanted?.has(id) === true ? 1 : 0;
  }
  return count;
}

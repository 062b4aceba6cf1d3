// Preloaded into a command and its workers: those of the wanted kind join a control group.
import { writeFileSync } from 'node:fs';

const { SUITE_GROUP: group, SUITE_GROUP_OF: who } = process.env;
const worker = process.argv[1]?.endsWith('shard-worker.ts') === true;
if (group !== undefined && who === (worker ? 'worker' : 'main'))
  writeFileSync(group, String(process.pid));

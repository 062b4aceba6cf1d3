import { artifacts } from './kinds/artifacts.ts';
import { commandLine } from './kinds/command-line.ts';
import { config } from './kinds/config.ts';
import { http } from './kinds/http.ts';
import { ingestKinds } from './kinds/ingest.ts';
import { listValue } from './kinds/list-value.ts';
import { type Kind } from './kind.ts';

/** Everything that reads what strangers wrote, outside the crate. */
export const kinds: readonly Kind[] = [
  ...ingestKinds,
  config,
  artifacts,
  listValue,
  http,
  commandLine,
];

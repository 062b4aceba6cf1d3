import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Rng } from '../../../src/domain/index.ts';
import { exportLists } from '../../../src/app/index.ts';
import { listBronze } from '../../../src/lake/bronze.ts';
import {
  pendingErasure,
  readQuality,
  readTombstones,
  snapshotFiles,
} from '../../../src/lake/index.ts';
import { lakeProperties } from '../../../src/lake/layout.ts';
import {
  ColFile,
  listArtifacts,
  openArtifact,
  readManifest,
  requireAsOf,
} from '../../../src/platform/index.ts';
import { openModelSet } from '../../../src/scoring/index.ts';
import { CatalogueView } from '../../../src/serving/index.ts';
import { Histories } from '../../../src/serving/histories.ts';
import {
  type GenerationInfo,
  RunFolder,
  generationsInUse,
  leftovers,
  sweepLeftovers,
} from '../../../src/weekly/index.ts';
import { type Input, type Kind } from '../kind.ts';
import { mutated, pick } from '../mutate.ts';
import { type SmallFolder, opensAt, smallFolder } from '../small-folder.ts';

/** A file of the small folder, and what reads it back. */
interface Target {
  readonly file: (folder: SmallFolder) => string;
  readonly read: (folder: SmallFolder, dataDir: string) => Promise<void> | void;
}

const lakeFile = (name: string) => (folder: SmallFolder) => join(folder.run.dataDir, 'lake', name);

const targets: Readonly<Record<string, Target>> = {
  'manifest.json': {
    file: ({ snapshot }) => join(snapshot.path, 'manifest.json'),
    read: async ({ snapshot }, dataDir) => {
      const seen = readManifest(snapshot.path);
      requireAsOf(seen, opensAt);
      snapshotFiles(seen);
      listArtifacts(join(dataDir, 'artifacts', 'snapshot'));
      await openArtifact(snapshot.path);
    },
  },
  'model-set.json': {
    file: ({ modelSet }) => join(modelSet.path, 'model-set.json'),
    read: async ({ modelSet, store }, dataDir) => {
      await generationsInUse(dataDir, store);
      await openModelSet(dataDir, modelSet.path, { verify: false });
    },
  },
  'plan.json': {
    file: ({ run }) => join(run.path, 'plan.json'),
    read: async ({ run }, dataDir) => {
      const { plan } = reopened(run, dataDir);
      await openModelSet(dataDir, join(dataDir, plan.modelSet), { verify: false });
    },
  },
  'shard-0.json': {
    file: ({ run }) => run.acceptedPath(0),
    read: async ({ run }, dataDir) => {
      const again = reopened(run, dataDir);
      again.missing();
      again.listsDigest();
      await again.verify();
    },
  },
  'lists.col': {
    file: ({ run }) => join(run.path, 'attempts', '0-1-ab', 'lists-0000.col'),
    read: async ({ run, snapshot }, dataDir) => {
      readColumns(join(run.path, 'attempts', '0-1-ab', 'lists-0000.col'));
      const info = {
        run: relative(dataDir, run.path),
        snapshot: relative(dataDir, snapshot.path),
        week: run.plan.week,
      } as GenerationInfo;
      await exportLists(dataDir, info, 'jsonl', join(dataDir, 'out', 'lists.jsonl'));
    },
  },
  'catalogue.col': {
    file: ({ snapshot }) => join(snapshot.path, 'catalogue.col'),
    read: ({ snapshot }) => {
      const path = join(snapshot.path, 'catalogue.col');
      readColumns(path);
      const view = new CatalogueView(path);
      for (let t = 0; t < view.tracks; t++) view.track(t);
      view.popularIn('SE');
    },
  },
  'listeners-0000.col': {
    file: ({ snapshot }) => join(snapshot.path, 'listeners-0000.col'),
    read: ({ snapshot }) => {
      const path = join(snapshot.path, 'listeners-0000.col');
      readColumns(path);
      const histories = new Histories([path]);
      for (const user of ['u1', 'u2', 'u3']) histories.of(user);
    },
  },
  'lake.json': {
    file: lakeFile('lake.json'),
    read: (_, dataDir) => void lakeProperties(dataDir),
  },
  'bronze.json': {
    file: lakeFile('bronze/ingest_id=0123456789abcdef/manifest.json'),
    read: (_, dataDir) => void listBronze(dataDir),
  },
  'quality.json': {
    file: lakeFile('quality.json'),
    read: ({ snapshot }, dataDir) => void readQuality({ ...snapshot, path: join(dataDir, 'lake') }),
  },
  'leftovers.json': {
    file: lakeFile('erasure/leftovers.json'),
    read: async ({ store }, dataDir) => {
      leftovers(dataDir);
      await sweepLeftovers(dataDir, store);
      readFileSync(join(dataDir, '..', 'beside'));
    },
  },
  'journal.jsonl': {
    file: lakeFile('erasure/journal.jsonl'),
    read: (_, dataDir) => void pendingErasure(dataDir),
  },
  'tombstones.csv': {
    file: lakeFile('erasure/tombstones.csv'),
    read: (_, dataDir) => void readTombstones(dataDir),
  },
};

const reopened = (run: RunFolder, dataDir: string): RunFolder =>
  RunFolder.reopen(dataDir, relative(dataDir, run.path));

/** Everything that can be asked of a `.col` file. */
function readColumns(path: string): void {
  const file = ColFile.open(path);
  for (const { name, type } of file.header.columns) {
    file.read(name, type);
    if (name.endsWith('.off') && file.has(`${name.slice(0, -4)}.bytes`)) {
      const texts = file.strings(name.slice(0, -4));
      if (texts.length > 0) file.stringAt(name.slice(0, -4), 0);
    }
  }
  file.digest();
}

const names = Object.keys(targets);
const input = (name: string, text: string | Uint8Array): Input => ({
  name,
  bytes: Buffer.from(text),
});
const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
const escape = { path: '../../../../../etc', contentDigest: 'a'.repeat(64) };

/** A `.col` file of this header and nothing else. */
function col(header: string): Buffer {
  const text = Buffer.from(header.padEnd(Math.ceil((16 + header.length) / 64) * 64 - 16));
  const head = Buffer.alloc(16);
  head.write('DCCOL1\n\0', 'latin1');
  head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, text, Buffer.alloc(64)]);
}

const columns = (...fields: readonly string[]): string =>
  `{"columns":[${fields.map((f) => `{"name":"artist","type":"u32",${f}}`).join(',')}],"meta":{}}`;

export const artifacts: Kind = {
  name: 'artifacts',
  special: [
    ...names.flatMap((name) =>
      ['', 'null', '[]', '{}', '"x"', '{"__proto__":{"x":1}}', '\0', deep].map(
        (text) => () => input(name, text),
      ),
    ),
    ...[
      '"length":-1,"offset":0',
      '"length":1e300,"offset":0',
      '"length":9007199254740993,"offset":0',
      '"length":1.5,"offset":0',
      '"length":1,"offset":-64',
      '"length":1,"offset":0.5',
      '"length":null,"offset":null',
    ].map((field) => () => input('catalogue.col', col(columns(field)))),
    () => input('catalogue.col', col(columns('"length":1,"offset":0', '"length":1,"offset":0'))),
    () =>
      input('catalogue.col', col(`{"columns":[],"meta":${'['.repeat(9000)}${']'.repeat(9000)}}`)),
    () => input('catalogue.col', col('{"columns":{},"meta":null}')),
    () => input('leftovers.json', '["../../beside"]'),
    () => input('leftovers.json', '["/etc/deepcuts"]'),
    () => input('leftovers.json', '["."]'),
    () => input('model-set.json', JSON.stringify({ spec: {}, pins: { snapshot: escape } })),
    () =>
      input('shard-0.json', '{"shard":0,"attempt":"..","cpuSeconds":1,"peakMb":1,"buckets":[]}'),
  ],
  invented: (rng) => {
    const name = pick(rng, names);
    return { name: `spoil:${name}`, bytes: Buffer.from([rng.next(), rng.next(), rng.next()]) };
  },
  open: async (folder) => {
    const dataDir = join(folder, 'data');
    mkdirSync(join(dataDir, 'out'), { recursive: true });
    writeFileSync(join(folder, 'beside'), '');
    const small = await smallFolder(dataDir);
    const whole = new Map(names.map((name) => [name, readFileSync(fileOf(small, name))]));
    return {
      take: async ({ name, bytes }) => {
        const target = name.replace(/^spoil:/, '');
        const good = whole.get(target);
        if (good === undefined) throw new Error(`There is no target ${name}.`);
        const spoiled = name === target ? bytes : mutated(good, new Rng(...bytes));
        writeFileSync(fileOf(small, target), spoiled);
        try {
          await targets[target]?.read(small, dataDir);
        } finally {
          writeFileSync(fileOf(small, target), good);
        }
      },
      close: () => small.store.close(),
    };
  },
};

const fileOf = (small: SmallFolder, name: string): string => targets[name]?.file(small) ?? '';

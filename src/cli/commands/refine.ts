import { type Command } from '../command.ts';

export const command: Command = {
  name: 'refine',
  summary:
    'Turns what was ingested into clean plays: duplicates, sessions, recordings, bots; prints the quality report.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: { force: { type: 'boolean', help: 'do it again although it is done' } },
  async run({ values, report }) {
    const { lakeLimits, openWorkspace, qualityText } = await import('../../app/index.ts');
    const { readQuality, refine } = await import('../../lake/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    report.stage('refine');
    const silver = await refine({
      dataDir: workspace.dataDir,
      force: values['force'] === true,
      limits: lakeLimits(workspace),
    });
    const quality = readQuality(silver);
    report.result(
      { silver: silver.manifest.version, counts: silver.manifest.counts, quality },
      () => `Silver ${silver.manifest.version}:\n${qualityText(silver.manifest.counts, quality)}`,
    );
    return 0;
  },
};

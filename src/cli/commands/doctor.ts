import { type Command } from '../command.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'Checks Node, the native kernel, LightGBM, disk and memory, and says what to do.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {},
  async run({ values, report }) {
    const { examine, openWorkspace } = await import('../../app/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const findings = await examine(workspace);
    report.result(findings, () =>
      findings
        .map(
          (f) =>
            `${f.ok ? 'ok  ' : 'FAIL'} ${f.what.padEnd(14)} ${f.found}${f.remedy === null ? '' : `\n     ${f.remedy}`}`,
        )
        .join('\n'),
    );
    return findings.every((f) => f.ok) ? 0 : 1;
  },
};

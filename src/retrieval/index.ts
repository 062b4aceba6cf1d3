export { type CompiledSource, compileSources, sourceSpec } from './compile.ts';
export { type SourceDefinition, baselineSources, chainSources, sourceNames } from './sources.ts';
export { candidateLimit, retrievalSpec } from './retrieval-spec.ts';

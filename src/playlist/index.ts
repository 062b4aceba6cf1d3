export { type FilterReason, type FilteredList, type ListFilters, filterList } from './filters.ts';
export {
  type DecodedList,
  type ListSlot,
  type ReserveTrack,
  type SourceName,
  decodeList,
  listValueBytes,
} from './list-value.ts';
export { type ExplorationParams, buildExploration, explorationParams } from './exploration.ts';
export { type ListParams, type SettingName, defaultSetting, settings } from './settings.ts';
export { calibrationGain, divergence, genreShares, taste } from './calibration.ts';
export { jaccard, mmr, similarity } from './mmr.ts';
export { type Candidate } from './pool.ts';
export { type Selected, selectList } from './select-list.ts';
export { space } from './spacing.ts';
export { drawOf, explorationDraws, thompson } from './thompson.ts';

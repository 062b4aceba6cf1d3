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

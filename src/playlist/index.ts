export { filterList } from './filters.ts';
export { type DecodedList, decodeList } from './list-value.ts';
export { buildExploration } from './exploration.ts';
export { type ListParams, type SettingName, defaultSetting, settings } from './settings.ts';

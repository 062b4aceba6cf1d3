export { ColFile, requireOffsets } from './col-file.ts';
export { ColWriter, type ColumnAppender, type StringAppender } from './col-writer.ts';
export { dropRows } from './drop-rows.ts';
export { type ColArray, type ColHeader, type ColType } from './format.ts';

export { openLmdbStore } from './lmdb-store.ts';
export {
  type Entry,
  type GenerationWriter,
  type Pointer,
  type Store,
  emptyPointer,
} from './store.ts';

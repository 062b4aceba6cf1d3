export { defaultItem2vec, itemVectorsFile, trainItemVectors } from './item2vec.ts';

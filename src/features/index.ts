export { defaultItem2vec, itemVectorsFile, trainItemVectors } from './item2vec.ts';
export { item2vecTwin } from './item2vec-twin.ts';

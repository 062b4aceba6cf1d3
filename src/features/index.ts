export { item2vecTwin } from './item2vec-twin.ts';

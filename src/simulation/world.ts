import { drawCatalogue, type Catalogue } from './catalogue.ts';
import { fullConfig, plantedListeners, type FullConfig, type WorldConfig } from './config.ts';
import { reachMatrix, subGenreCount } from './genres.ts';
import { countryTaste } from './places.ts';

/** Everything about a world that does not depend on what anybody listened to. */
export interface World {
  readonly config: FullConfig;
  readonly catalogue: Catalogue;
  readonly reach: Float32Array;
  readonly countryTaste: Float32Array;
  /** 1 for each sub-genre that has recordings. */
  readonly present: Uint8Array;
  /** Listener indices: people come first, then bots, then planted listeners. */
  readonly botsFrom: number;
  readonly plantedFrom: number;
  readonly listenersTo: number;
}

/** Draws a world: a pure function of its config. */
export function drawWorld(worldConfig: WorldConfig): World {
  const config = fullConfig(worldConfig);
  const catalogue = drawCatalogue(config);
  const { from } = catalogue.bySubGenre;
  const plantedFrom = config.listeners + config.bots;
  return {
    config,
    catalogue,
    reach: reachMatrix(config.seed),
    countryTaste: countryTaste(config.seed),
    present: Uint8Array.from({ length: subGenreCount }, (_, s) =>
      (from[s + 1] ?? 0) > (from[s] ?? 0) ? 1 : 0,
    ),
    botsFrom: config.listeners,
    plantedFrom,
    listenersTo: plantedFrom + (config.planted ? plantedListeners : 0),
  };
}

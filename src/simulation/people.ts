import { drawListener, type Listener } from './listeners.ts';
import { drawPlantedListener } from './planted-listeners.ts';
import type { World } from './world.ts';

/** Who listener `index` is, planted ones included. */
export function listenerAt(world: World, index: number): Listener {
  const listener = drawListener(world.config, world.countryTaste, world.present, index);
  return index < world.plantedFrom ? listener : drawPlantedListener(world, listener);
}

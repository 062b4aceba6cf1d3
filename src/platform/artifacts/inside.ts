import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative as between, sep } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';

/**
 * The path of a name that a file or a user gave, joined to the folder it must lie in. An absolute
 * name, one that climbs out with `..` or holds a NUL, and one that a symbolic link leads out of the
 * folder are ArtifactErrors. The folder itself may be a link, and neither need exist.
 */
export function inside(root: string, name: string): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0') || isAbsolute(name))
    throw outside(root, name);
  const path = join(root, name);
  if (climbs(between(root, path)) || climbs(between(real(root), real(path))))
    throw outside(root, name);
  return path;
}

function climbs(way: string): boolean {
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** The path without links; of one that does not exist, its part that does, and the rest as it stands. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const above = dirname(path);
    const { code } = error as NodeJS.ErrnoException;
    if (above === path || (code !== 'ENOENT' && code !== 'ENOTDIR')) return path;
    return join(real(above), between(above, path));
  }
}

function outside(root: string, name: unknown): ArtifactError {
  return new ArtifactError(
    `${JSON.stringify(String(name).slice(0, 200))} does not name anything inside ${root}.`,
    {
      code: 'artifact.path',
      remedy: 'Whoever wrote it, it is not ours: remove what names it and run the command again.',
    },
  );
}

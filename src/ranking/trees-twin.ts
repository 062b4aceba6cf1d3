/**
 * LightGBM's text model, walked plainly: the readable twin of the crate's tree scorer. It checks
 * nothing; the crate refuses broken models.
 */
export class TreesTwin {
  readonly #trees: readonly Tree[];
  readonly #columns: number;

  constructor(text: string) {
    const [head = '', ...blocks] = text.split('\nTree=');
    this.#columns = (fields(head).get('feature_names') ?? '').split(' ').length;
    this.#trees = blocks.map((block) => treeOf(fields(block.split('\nend of trees')[0] ?? '')));
  }

  /** Sums of leaves, trees in order, of row-major rows. */
  raw(rows: Float32Array): Float64Array {
    const out = new Float64Array(rows.length / this.#columns);
    for (let i = 0; i < out.length; i++) {
      const row = rows.subarray(i * this.#columns, (i + 1) * this.#columns).map(read);
      for (const tree of this.#trees) out[i] = (out[i] as number) + leafOf(tree, row);
    }
    return out;
  }
}

interface Tree {
  readonly leafValue: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly decision: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly categoryStart: readonly number[];
  readonly categoryBits: readonly number[];
}

function fields(block: string): Map<string, string> {
  return new Map(
    block.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
    }),
  );
}

function treeOf(block: Map<string, string>): Tree {
  const numbers = (name: string): number[] =>
    (block.get(name) ?? '')
      .split(' ')
      .filter((x) => x !== '')
      .map((x) => Number(x.replace('inf', 'Infinity')));
  return {
    leafValue: numbers('leaf_value'),
    feature: numbers('split_feature'),
    threshold: numbers('threshold'),
    decision: numbers('decision_type'),
    left: numbers('left_child'),
    right: numbers('right_child'),
    categoryStart: numbers('cat_boundaries'),
    categoryBits: numbers('cat_threshold'),
  };
}

/** LightGBM's predictor takes magnitudes up to this single for zeros. */
const zero = Math.fround(1e-35);

function read(value: number): number {
  return Math.abs(value) <= zero ? 0 : value;
}

function leafOf(tree: Tree, row: Float32Array): number {
  let at = tree.feature.length === 0 ? -1 : 0;
  while (at >= 0) {
    const value = row[tree.feature[at] as number] as number;
    at = (goesLeft(tree, at, value) ? tree.left[at] : tree.right[at]) as number;
  }
  return tree.leafValue[-1 - at] as number;
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  const decision = tree.decision[node] as number;
  const threshold = tree.threshold[node] as number;
  if ((decision & 1) === 1) return inCategories(tree, threshold, value);
  const defaultLeft = (decision & 2) !== 0;
  const missing = (['none', 'zero', 'nan'] as const)[decision >> 2];
  if (missing === 'nan' && Number.isNaN(value)) return defaultLeft;
  const number = Number.isNaN(value) ? 0 : value;
  if (missing === 'zero' && number === 0) return defaultLeft;
  return number <= threshold;
}

function inCategories(tree: Tree, set: number, value: number): boolean {
  const category = Math.trunc(value);
  if (Number.isNaN(category) || category < 0 || category >= 2 ** 31) return false;
  const start = tree.categoryStart[set] as number;
  const end = tree.categoryStart[set + 1] as number;
  const word = start + Math.floor(category / 32);
  return word < end && (((tree.categoryBits[word] as number) >>> (category % 32)) & 1) === 1;
}

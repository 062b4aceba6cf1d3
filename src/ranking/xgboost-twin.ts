/**
 * XGBoost's JSON model of `binary:logistic`, walked plainly in singles: the readable twin of the
 * crate's tree scorer. It checks nothing; the crate refuses broken models.
 */
export class XgboostTwin {
  readonly #learner: Learner;

  constructor(text: string) {
    // a model that the library wrote
    this.#learner = (JSON.parse(text) as { learner: Learner }).learner;
  }

  /** The base score's logit plus leaves, trees in order, of row-major rows. */
  raw(rows: Float32Array): Float32Array {
    const columns = this.#learner.feature_names.length;
    const base = Number(this.#learner.learner_model_param.base_score.replace(/[[\]]/g, ''));
    const odds = Math.fround(Math.fround(1 / Math.fround(base)) - 1);
    const logit = Math.fround(-Math.fround(Math.log(odds)));
    return Float32Array.from({ length: rows.length / columns }, (_, i) => {
      const row = rows.subarray(i * columns, (i + 1) * columns);
      return this.#learner.gradient_booster.model.trees.reduce(
        (sum, tree) => Math.fround(sum + leafOf(tree, row)),
        logit,
      );
    });
  }
}

interface Tree {
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly split_indices: readonly number[];
  readonly split_conditions: readonly number[];
  readonly default_left: readonly number[];
}

interface Learner {
  readonly feature_names: readonly string[];
  readonly gradient_booster: { readonly model: { readonly trees: readonly Tree[] } };
  readonly learner_model_param: { readonly base_score: string };
}

function leafOf(tree: Tree, row: Float32Array): number {
  let at = 0;
  while ((tree.left_children[at] as number) >= 0) {
    const value = row[tree.split_indices[at] as number] as number;
    const isLeft = Number.isNaN(value)
      ? tree.default_left[at] === 1
      : value < Math.fround(tree.split_conditions[at] as number);
    at = (isLeft ? tree.left_children[at] : tree.right_children[at]) as number;
  }
  return Math.fround(tree.split_conditions[at] as number);
}

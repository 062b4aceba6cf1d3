import { open as openReal } from 'lmdb';
import { step } from './step.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
const writes = ['transactionSync', 'putSync', 'removeSync', 'clearSync', 'dropSync'];

/** LMDB with its writes as steps: stands in for the package where the switch is loaded. */
export const open: typeof openReal = ((options: object) => {
  const root = (openReal as (options: object) => object)(options);
  // one class serves the root and its databases; its writes stand on the prototypes
  for (const name of writes) {
    let owner: object | null = root;
    while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
    if (owner === null) throw new Error(`lmdb has no ${name}`);
    const methods = owner as Record<string, Call>;
    const call = methods[name] as Call;
    methods[name] = function watched(...args) {
      const key = typeof args[0] === 'string' ? ` ${args[0]}` : '';
      return step(`store ${name}${key}`, () => call.apply(this, args));
    };
  }
  return root;
}) as typeof openReal;

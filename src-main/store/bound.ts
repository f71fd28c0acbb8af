import type { Store } from './store.ts'

/** A method of the port, given the database that it works on. What it does is said at the port. */
export type MethodOn<DB, M extends keyof Store> = Store[M] extends (...args: infer A) => infer R
  ? (db: DB, ...args: A) => R
  : never

/** The methods of one database. */
export function boundTo<DB, M extends keyof Store>(
  db: DB,
  methods: { readonly [N in M]: MethodOn<DB, N> },
): Pick<Store, M> {
  const calls = Object.entries<(db: DB, ...args: unknown[]) => unknown>(methods)
  const bound = calls.map(([name, call]) => [name, (...args: unknown[]) => call(db, ...args)])
  return Object.fromEntries(bound) as Pick<Store, M>
}

/** A function of a database, without it. */
type Bound<F> = F extends (db: never, ...args: infer A) => infer R ? (...args: A) => R : never

/** The functions of one database: the port's methods, under the names that they have there. */
export function boundTo<DB, F extends Record<string, (db: DB, ...args: never[]) => unknown>>(
  db: DB,
  functions: F,
): { readonly [N in keyof F]: Bound<F[N]> } {
  const bound = Object.entries(functions).map(([name, call]) => [
    name,
    (...args: never[]) => call(db, ...args),
  ])
  return Object.fromEntries(bound) as { readonly [N in keyof F]: Bound<F[N]> }
}

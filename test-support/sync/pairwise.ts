/** The values of each axis, by its name. */
export type Axes<C> = { readonly [K in keyof C]: readonly C[K][] }

/** Every combination of the axes' values. */
export function product<C extends object>(axes: Axes<C>): C[] {
  let cells: object[] = [{}]
  for (const [name, values] of entries(axes)) {
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value })))
  }
  return cells as C[]
}

/**
 * Some of the combinations: each two values of different axes meet in one of them, and each value is in at least two.
 * Always the next one that brings most that is new, so they are the same every time.
 */
export function pairwise<C extends object>(axes: Axes<C>): C[] {
  const all = product(axes).map((cell) => ({ cell, pairs: pairsOf(cell) }))
  const missing = new Set(all.flatMap(({ pairs }) => pairs))
  const chosen: C[] = []
  while (missing.size > 0) {
    const news = all.map(({ pairs }) => pairs.filter((pair) => missing.has(pair)).length)
    const best = all[news.indexOf(Math.max(...news))]
    if (best === undefined) break
    chosen.push(best.cell)
    for (const pair of best.pairs) missing.delete(pair)
  }
  return chosen
}

function pairsOf(cell: object): string[] {
  const values = Object.entries(cell).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return values.flatMap((one, n) => values.slice(n + 1).map((other) => `${one} ${other}`))
}

function entries<C>(axes: Axes<C>): [string, readonly unknown[]][] {
  return Object.entries(axes)
}

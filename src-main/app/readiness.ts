import type { CurrentEngine } from './current-engine.ts'

/** Whether calls can be answered now, in words that give nothing of the set-up away. */
export interface Readiness {
  /** The store can be used and the Jira is open. */
  readonly ok: boolean
  readonly store: 'opening' | 'up' | 'down'
  readonly jira: 'opening' | 'open' | 'closed'
}

export function readinessOf(
  store: Readiness['store'],
  { openNow, failure }: Pick<CurrentEngine, 'openNow' | 'failure'>,
): Readiness {
  const closed = failure() === null ? 'opening' : 'closed'
  const jira = openNow() === null ? closed : 'open'
  return { ok: store === 'up' && jira === 'open', store, jira }
}

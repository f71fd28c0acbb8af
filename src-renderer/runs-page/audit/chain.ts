import type { AuditMinute, AuditResult } from '../../../src-shared/contract/models.ts'

type AuditCounts = Pick<
  AuditResult,
  'planned' | 'created' | 'watched' | 'others' | 'indexed' | 'fetched' | 'charted'
>

type AuditWord = keyof AuditCounts

/** One figure of the chain. */
export interface ChainLink {
  readonly word: AuditWord
  readonly count: number
  /** What stands before it: whether it is the figure that it should be, or is added to the one before; null at the start. */
  readonly sign: '=' | '≠' | '+' | null
}

/** The two equations that an audit proves: of the plan, and of what is watched. A run's has no tickets of others. */
export function chainsOf(counts: AuditCounts, ofRun: boolean): readonly (readonly ChainLink[])[] {
  const { planned, created, watched, others, indexed, fetched, charted } = counts
  return [
    [
      { word: 'planned', count: planned, sign: null },
      { word: 'created', count: created, sign: equal(planned, created) },
    ],
    [
      { word: 'watched', count: watched, sign: null },
      ...(ofRun ? [] : [{ word: 'others', count: others, sign: '+' } as const]),
      { word: 'indexed', count: indexed, sign: equal(watched + others, indexed) },
      { word: 'fetched', count: fetched, sign: equal(indexed, fetched) },
      { word: 'charted', count: charted, sign: equal(fetched, charted) },
    ],
  ]
}

/** The figures of a minute that are not what the one before them says. */
export function differingWords(minute: AuditMinute): readonly AuditWord[] {
  return chainsOf(minute, false)
    .flat()
    .flatMap(({ word, sign }) => (sign === '≠' ? [word] : []))
}

export function differs(minute: AuditMinute): boolean {
  const { planned, created, watched, others, indexed, fetched, charted } = minute
  return planned !== created || watched + others !== indexed || indexed !== fetched || fetched !== charted
}

function equal(a: number, b: number): '=' | '≠' {
  return a === b ? '=' : '≠'
}

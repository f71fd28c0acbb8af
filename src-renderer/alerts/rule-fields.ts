import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'

/** The fields of a new rule, as typed. */
export interface RuleFields {
  readonly kind: AlertRule['condition']['kind']
  readonly often: 'week' | 'month' | 'quarter'
  readonly tickets: string
  readonly minutes: string
  /** `` for all that is watched, `priority ID` or `project KEY`. */
  readonly scope: string
}

export const NEW_RULE: RuleFields = {
  kind: 'above-usual',
  often: 'month',
  tickets: '8',
  minutes: '5',
  scope: '',
}

/** The longest stretch that a rule counts over: a day. */
const MAX_MINUTES = 1_440
/** The most tickets that a rule may ring at. */
export const MAX_TICKETS = 1_000_000

/** The rule that the fields ask for; null where a number cannot be taken. */
export function readRule(fields: RuleFields): Pick<AlertRule, 'condition' | 'scope'> | null {
  const condition = conditionOf(fields)
  if (condition === null) return null
  return { condition, scope: condition.kind === 'nothing-fetched' ? {} : scopeOf(fields.scope) }
}

/** The tickets that a choice of `RuleFields.scope` stands for. */
export function scopeOf(chosen: string): AlertRule['scope'] {
  const { by, value } = /^(?<by>priority|project) (?<value>.+)$/.exec(chosen)?.groups ?? {}
  return by === undefined || value === undefined ? {} : { [by]: value }
}

function conditionOf({ kind, often, tickets, minutes }: RuleFields): AlertRule['condition'] | null {
  if (kind === 'above-usual') return { kind, often }
  if (kind === 'too-quiet') return { kind }
  const within = wholeIn(minutes, MAX_MINUTES)
  if (within === null) return null
  if (kind === 'nothing-fetched') return { kind, minutes: within }
  const many = wholeIn(tickets, MAX_TICKETS)
  return many === null ? null : { kind, tickets: many, minutes: within }
}

function wholeIn(text: string, most: number): number | null {
  const value = /^\d{1,7}$/.test(text.trim()) ? Number(text) : 0
  return value >= 1 && value <= most ? value : null
}

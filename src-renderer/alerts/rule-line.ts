import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { conditionsOf, watchedIds } from '../../src-shared/domain/ticket-filter.ts'
import { usualRuleName } from '../../src-shared/domain/usual/alert-text.ts'
import type { ChartModel } from '../chart/chart-model.ts'
import { MAX_TICKETS } from './rule-fields.ts'
import { countScale, countTop, MARGIN, plotHeight } from '../chart/geometry.ts'

/** A rule that rings at so many tickets in so many minutes. */
export interface FixedRule extends AlertRule {
  readonly condition: Extract<AlertRule['condition'], { kind: 'at-least' }>
}

/** Those that are on and look at the very tickets that a filter leaves. Own runs ring no rule, so they may be left out. */
export function fixedRules(
  rules: readonly AlertRule[],
  filter: TicketFilter,
  watched: readonly Priority[],
): readonly FixedRule[] {
  const scope = scopeOf(filter, watched)
  if (scope === null) return []
  return rules.filter(
    (rule): rule is FixedRule =>
      rule.on &&
      rule.condition.kind === 'at-least' &&
      rule.scope.project === scope.project &&
      rule.scope.priority === scope.priority,
  )
}

/** The scope of a rule that looks at what the filter leaves; null where no rule can. */
function scopeOf(filter: TicketFilter, watched: readonly Priority[]): AlertRule['scope'] | null {
  const said = conditionsOf(filter).filter(({ field, value }) => field !== 'rehearsed' || value !== 'no')
  const [only, ...others] = said
  if (only === undefined) return {}
  if (others.length > 0 || only.isNot) return null
  if (only.field === 'project') return { project: only.value }
  const [priority] = only.field === 'priority' ? watchedIds(watched, filter) : []
  return priority === undefined ? null : { priority }
}

/**
 * Whether a line at so many tickets is true of these bars: each counts the tickets of as many minutes as the rule, so one that
 * reaches the line rings. A day of 25 hours, or bars that count a ticket twice, may reach it and ring nothing.
 */
export function isTrueOf(
  { view, split, bins }: Pick<ChartModel, 'view' | 'split' | 'bins'>,
  minutes: number,
): boolean {
  if (view === 'distribution' || split?.overlaps || split?.by === 'reporter') return false
  return bins[0]?.minutes === minutes && bins.every((bin) => bin.minutes <= minutes)
}

/** Where a line is in a chart, in pixels from the top of its box; at the end of the axis where it is `beyond` that. */
export function lineTop(
  tickets: number,
  most: number,
  height: number,
): { readonly y: number; readonly beyond: boolean } {
  const { top } = countScale(most)
  return { y: Math.round(countTop(Math.min(tickets, top), top, height)), beyond: tickets > top }
}

/** So many tickets a line stands at that was taken at `tickets` and pulled `byPx` down; what is beyond the axis comes in from its end. */
export function pulledTo(tickets: number, byPx: number, most: number, height: number): number {
  const { top } = countScale(most)
  const from = byPx > 0 ? Math.min(tickets, top) : tickets
  return within(Math.round(from - (byPx / plotHeight(height)) * top))
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -MAX_TICKETS,
}

/** So many tickets a key leads to; null where it is none of a slider's. */
export function keyedTo(tickets: number, key: string): number | null {
  const step = STEPS[key]
  return step === undefined ? null : within(tickets + step)
}

function within(tickets: number): number {
  return Math.min(MAX_TICKETS, Math.max(1, tickets))
}

/** Labels are as high as a finger's least target. */
export const LABEL_PX = 24

/** Where the labels of lines are, from the top: on their lines, or as near as there is room. Lines at the same place have theirs in order. */
export function labelTops(lines: readonly number[], height: number): readonly number[] {
  const order = lines.map((_, at) => at).toSorted((a, b) => (lines[a] ?? 0) - (lines[b] ?? 0))
  const tops = [...lines]
  // Under the flags of marks.
  let least = LABEL_PX
  for (const at of order) {
    least = Math.max(least, (lines[at] ?? 0) - LABEL_PX / 2)
    tops[at] = least
    least += LABEL_PX
  }
  let most = height - MARGIN.b - LABEL_PX
  for (const at of order.toReversed()) {
    tops[at] = Math.max(0, Math.min(tops[at] ?? 0, most))
    most = (tops[at] ?? 0) - LABEL_PX
  }
  return tops
}

/** What changes of a rule where it stands at another number: also its name, where that is what the rule says. */
export function movedRule(
  rule: FixedRule,
  tickets: number,
  watched: readonly Priority[],
): Partial<Pick<AlertRule, 'condition' | 'name'>> {
  const condition = { ...rule.condition, tickets }
  const isNamedByIt = rule.name === usualRuleName(rule, watched)
  return { condition, ...(isNamedByIt && { name: usualRuleName({ ...rule, condition }, watched) }) }
}

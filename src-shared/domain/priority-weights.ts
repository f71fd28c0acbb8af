import { AppError } from '../errors/app-error.ts'
import type { Priority } from './ticket.ts'

/** How often each priority comes when nothing is asked for: most tickets are ordinary. */
const DEFAULT_WEIGHTS: Readonly<Record<string, number>> = {
  Highest: 1,
  High: 2,
  Medium: 4,
  Low: 2,
  Lowest: 1,
}

export interface WeightedPriority {
  readonly id: string
  readonly weight: number
}

/**
 * Gives each priority its weight; those of weight 0 are left out. Names are compared without regard to case. Asked-for
 * weights decide alone: what they do not name does not come. By default a priority that the table does not know, as on
 * sites with Blocker or P0, weighs 1.
 *
 * Throws `usage` where a weight names no priority, is no number from 0, or all of them are 0.
 */
export function weighPriorities(
  priorities: readonly Priority[],
  asked: Readonly<Record<string, number>> | undefined,
): WeightedPriority[] {
  const byName = new Map(Object.entries(asked ?? DEFAULT_WEIGHTS).map(([name, w]) => [name.toLowerCase(), w]))
  if (asked !== undefined) checkNames(asked, priorities)
  const otherwise = asked === undefined ? 1 : 0
  const weighted = priorities
    .map(({ id, name }) => ({ id, weight: byName.get(name.toLowerCase()) ?? otherwise }))
    .filter(({ weight }) => weight > 0)
  if (weighted.length > 0) return weighted
  throw new AppError('usage', 'No priority has a weight above 0. Nothing was made.', {
    hint: `Give one of these a weight: ${listNames(priorities)}.`,
  })
}

function checkNames(asked: Readonly<Record<string, number>>, priorities: readonly Priority[]): void {
  const known = new Set(priorities.map(({ name }) => name.toLowerCase()))
  for (const [name, weight] of Object.entries(asked)) {
    if (!known.has(name.toLowerCase())) {
      throw new AppError('usage', `The project has no priority "${name}". Nothing was made.`, {
        hint: `It has ${listNames(priorities)}.`,
      })
    }
    if (!Number.isFinite(weight) || weight < 0) {
      throw new AppError('usage', `The weight of "${name}" cannot be ${weight}. Nothing was made.`, {
        hint: 'It has to be a number from 0.',
      })
    }
  }
}

function listNames(priorities: readonly Priority[]): string {
  return priorities.map(({ name }) => name).join(', ')
}

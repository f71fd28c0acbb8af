import { nothingMade } from '../../errors/app-error.ts'

/** Relative weights by name, or by key. */
export type Weights = Readonly<Record<string, number>>

export interface Weighted<T> {
  readonly of: T
  readonly weight: number
}

/** What is weighed, for sentences: `The project TPM has no priority "P0". It has …`. */
export interface WeighedNames<T> {
  /** What has them: `The project TPM`, `The account`. */
  readonly owner: string
  /** `priority`, `issue type`, `project`. */
  readonly noun: string
  readonly nameOf: (thing: T) => string
}

/**
 * Gives each thing the weight that is asked for its name, whatever the case; what is not named does not come. Throws
 * `usage` where a name is none of theirs, a weight no number from 0, or all of them are 0.
 */
export function weighByName<T>(things: readonly T[], asked: Weights, names: WeighedNames<T>): Weighted<T>[] {
  const { noun, nameOf } = names
  const known = listed(things.map(nameOf))
  const weights = new Map<T, number>()
  for (const [name, weight] of Object.entries(asked)) {
    const thing = things.find((candidate) => sameName(nameOf(candidate), name))
    if (thing === undefined) {
      throw nothingMade('usage', `${names.owner} has no ${noun} "${name}".`, `It has ${known}.`)
    }
    weights.set(thing, (weights.get(thing) ?? 0) + checkedWeight(name, weight))
  }
  const weighted = things
    .map((of) => ({ of, weight: weights.get(of) ?? 0 }))
    .filter(({ weight }) => weight > 0)
  if (weighted.length > 0) return weighted
  throw nothingMade('usage', `No ${noun} has a weight above 0.`, `Give one of these a weight: ${known}.`)
}

/** The names that have a weight above 0. */
export function weightedNames(weights: Weights): string[] {
  return Object.entries(weights).flatMap(([name, weight]) => (weight > 0 ? [name] : []))
}

/** Whether two names mean the same thing: Jira distinguishes them without regard to case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/**
 * The one that a share of all weights, in [0, 1), falls upon. Their order and weights decide, and only arithmetic that
 * is the same everywhere. Throws where there is none.
 */
export function pickWeighted<T>(weighted: readonly Weighted<T>[], share: number): T {
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  let rest = share * total
  for (const { of, weight } of weighted) {
    if (rest < weight) return of
    rest -= weight
  }
  // Rounding may leave a hair's breadth beyond the last weight.
  const last = weighted.at(-1)
  if (last === undefined) throw new Error('There is nothing to pick from')
  return last.of
}

export function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

function checkedWeight(name: string, weight: number): number {
  if (Number.isFinite(weight) && weight >= 0) return weight
  throw nothingMade('usage', `The weight of "${name}" cannot be ${weight}.`, 'It has to be a number from 0.')
}

import type { Priority } from './ticket.ts'
import { weighByName, type Weighted, type Weights } from './weights.ts'

/** How often each priority comes when nothing is asked for: most tickets are ordinary. */
const DEFAULT_WEIGHTS: ReadonlyMap<string, number> = new Map([
  ['highest', 1],
  ['high', 2],
  ['medium', 4],
  ['low', 2],
  ['lowest', 1],
])

/**
 * Gives each priority of a project its weight. Asked-for weights decide alone: what they do not name does not come. By
 * default a priority that the table does not know, as on sites with Blocker or P0, weighs 1. Throws as `weighByName`.
 */
export function weighPriorities(
  priorities: readonly Priority[],
  asked: Weights | undefined,
  projectKey: string,
): Weighted<Priority>[] {
  if (asked === undefined) {
    return priorities.map((of) => ({ of, weight: DEFAULT_WEIGHTS.get(of.name.toLowerCase()) ?? 1 }))
  }
  const words = { owner: `The project ${projectKey}`, noun: 'priority', nameOf: ({ name }: Priority) => name }
  return weighByName(priorities, asked, words)
}

import type { RunOutline } from '../../../src-shared/contract/runs/run-outlines.ts'
import type { RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import { countPerMinute, plannedSize, requestedTimes } from '../../../src-shared/domain/run/plan-times.ts'
import { MAX_PREVIEWED } from '../../../src-shared/domain/run/run-bounds.ts'
import { nothingMade } from '../../../src-shared/errors/app-error.ts'
import { elapsedMs, type Clock } from '../../runtime/clock.ts'
import type { CountsScope } from '../../store/store.ts'
import { draftRun, type DraftParts } from './new-run.ts'

/** What a project's tickets can be is asked again after this time (real ms): who fills in a form asks with every key. */
const KEPT_MS = 60_000

interface PreviewParts extends DraftParts {
  readonly clock: Clock
  /** What the chart counts. */
  readonly scope: CountsScope
}

/** Answers what a run would be. Throws as `draftRun`, and `usage` for one of more than `MAX_PREVIEWED` tickets. */
export function createRunPreview(parts: PreviewParts, signal: AbortSignal) {
  const jira = keptAnswers(parts)
  return async (request: RunRequest): Promise<RunOutline> => {
    const { count } = plannedSize(requestedTimes(request))
    if (count > MAX_PREVIEWED) throw tooLarge()
    const { plan } = await draftRun({ ...parts, jira }, request, signal)
    const charted = plan.slots.filter((slot) => isCharted(parts.scope, slot))
    return {
      planned: plan.slots.length,
      charted: charted.length,
      perMinute: [...plan.perMinute],
      chartedPerMinute: countPerMinute(
        charted.map(({ offsetMs }) => offsetMs),
        plan.spanMs,
      ),
    }
  }
}

function isCharted(
  { projectKey, priorityIds }: CountsScope,
  slot: { readonly projectKey: string; readonly priorityId: string },
): boolean {
  return priorityIds.includes(slot.priorityId) && (projectKey === null || projectKey === slot.projectKey)
}

function tooLarge() {
  return nothingMade(
    'usage',
    `A run of more than ${MAX_PREVIEWED.toLocaleString('en-GB')} tickets is not worked out in advance.`,
    'Start it, or look at a smaller one.',
  )
}

/** Jira's answers about its projects, each for a while. One that failed is not kept. */
function keptAnswers({ jira, clock }: PreviewParts): DraftParts['jira'] {
  const kept = new Map<string, { readonly atMs: number; readonly answer: Promise<unknown> }>()
  const keep = <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(name)
    if (known !== undefined && elapsedMs(clock) - known.atMs < KEPT_MS) return known.answer as Promise<T>
    const answer = ask()
    kept.set(name, { atMs: elapsedMs(clock), answer })
    answer.catch(() => kept.delete(name))
    return answer
  }
  return {
    projects: (signal) => keep('projects', () => jira.projects(signal)),
    creatable: (key, signal) => keep(`types of ${key}`, () => jira.creatable(key, signal)),
  }
}

import type { EventHub } from '../../src-shared/contract/client.ts'
import type { CleanUp } from '../../src-shared/contract/runs/clean-up.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { paced } from '../runtime/async.ts'
import { keptForbidden, MAX_NAMED, refusalView } from './preview.ts'
import type { Kept, Survey } from './survey.ts'

const GO_ON = 'Clean up again to go on: what is deleted is not asked for again.'

/** As results have it: an error that ended a clean-up before its end. */
export function endFailure(error: unknown): NonNullable<CleanUp['failure']> {
  const { hint, ...text } = refusalView(error)
  // What a person must change first has a way of its own.
  const isTheirs = error instanceof AppError && error.code === 'jira-refused'
  return { ...text, hint: isTheirs || hint === '' ? hint || GO_ON : `${hint} ${GO_ON}` }
}

interface ProgressParts {
  readonly survey: Survey
  readonly hub: Pick<EventHub, 'publish'>
}

/** Published at most so often. */
const PACE = { burst: 1, everyMs: 200 }

/** How far a clean-up is: published at once when it begins, then as tickets go, and in any case when it ends. */
export function createCleanUpProgress({ survey, hub }: ProgressParts) {
  const ended = new AbortController()
  let state = atBeginning(survey)
  const publish = paced(async () => hub.publish('clean-up.changed', state), PACE, ended.signal)
  const change = (next: Partial<CleanUp>): void => {
    state = { ...state, ...next }
    publish()
  }
  publish()
  return {
    deleted: () => change({ deleted: state.deleted + 1 }),
    kept: (ticket: Kept) => change({ kept: [...state.kept, ticket].slice(0, MAX_NAMED) }),
    gone: () => change({ total: state.total - 1 }),
    current: () => state,
    /** Nothing is published after it. */
    end(how: Pick<CleanUp, 'state' | 'failure'>): CleanUp {
      ended.abort()
      state = { ...state, ...how }
      hub.publish('clean-up.changed', state)
      return state
    },
  }
}

function atBeginning({ run, permitted, forbidden, kept }: Survey): CleanUp {
  return {
    runId: run.runId,
    state: 'running',
    total: permitted.length,
    deleted: 0,
    kept: [...kept, ...forbidden.map(keptForbidden)].slice(0, MAX_NAMED),
    failure: null,
  }
}

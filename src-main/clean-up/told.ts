import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { CleanUp } from '../../src-shared/contract/models.ts'
import { paced } from '../live/paced.ts'
import type { DeletionListener } from './delete-tickets.ts'
import { keptForbidden, MAX_NAMED } from './preview.ts'
import type { Survey } from './survey.ts'

/** Published at most so often. */
const PACE = { burst: 1, everyMs: 200 }

/** How far a clean-up is: published at once when it begins, then as tickets go, and in any case when it ends. */
export interface CleanUpProgress extends DeletionListener {
  readonly current: () => CleanUp
  /** Nothing is published after it. */
  readonly end: (how: Pick<CleanUp, 'state' | 'failure'>) => CleanUp
}

export function createCleanUpProgress({
  survey,
  hub,
}: {
  readonly survey: Survey
  readonly hub: Pick<EventHub, 'publish'>
}): CleanUpProgress {
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
    kept: (ticket) => change({ kept: [...state.kept, ticket].slice(0, MAX_NAMED) }),
    gone: () => change({ total: state.total - 1 }),
    current: () => state,
    end(how) {
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

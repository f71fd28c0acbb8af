import type { EventHub } from '../../src-shared/contract/client.ts'
import type { CleanUp } from '../../src-shared/contract/runs/clean-up.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { RUN_LEASE } from '../generator/run-lease.ts'
import { isGone } from '../leases/lease-owner.ts'
import { limit, paced } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { LedgerStore } from '../store/ledger/ledger.ts'
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
  readonly store: Pick<LedgerStore, 'writeCleanUp'>
  readonly siteId: string
  /** Has the lease of the site's runs, and lets go of it with `letGo`. */
  readonly owner: string
  readonly letGo: () => Promise<void>
  readonly log: Pick<Log, 'warn'>
}

/** Published at most so often. */
const PACE = { burst: 1, everyMs: 200 }
/** And written down. */
const WRITE_PACE = { burst: 1, everyMs: 1_000 }

/**
 * How far a clean-up is: published, and for other processes written down, at once when it begins, then as tickets go, and in any
 * case when it ends.
 */
export function createCleanUpProgress(parts: ProgressParts) {
  const { survey, hub, store, siteId, owner, letGo, log } = parts
  const ended = new AbortController()
  const serial = limit(1)
  let state = atBeginning(survey)
  const write = (cleanUp: CleanUp): Promise<void> =>
    serial(async () => {
      await store.writeCleanUp(siteId, RUN_LEASE, { owner, cleanUp })
    }).catch((err: unknown) => log.warn({ err }, 'how far a clean-up is was not written down'))
  const writeSoon = paced(() => write(state), WRITE_PACE, ended.signal)
  const publish = paced(async () => hub.publish('clean-up.changed', state), PACE, ended.signal)
  const change = (next: Partial<CleanUp>): void => {
    state = { ...state, ...next }
    publish()
    writeSoon()
  }
  publish()
  writeSoon()
  return {
    deleted: () => change({ deleted: state.deleted + 1 }),
    kept: (ticket: Kept) => change({ kept: [...state.kept, ticket].slice(0, MAX_NAMED) }),
    gone: () => change({ total: state.total - 1 }),
    current: () => state,
    /** Writes down how it ended before another one may begin. Nothing is published after it. */
    async end(how: Pick<CleanUp, 'state' | 'failure'>): Promise<CleanUp> {
      ended.abort()
      const last = { ...state, ...how }
      await write(last)
      await letGo()
      state = last
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

/** A site's last clean-up by another process than `owner`. Null where there was none. Throws as the store. */
export async function otherCleanUp(
  { store, siteId }: { readonly store: Pick<LedgerStore, 'lastCleanUp'>; readonly siteId: string },
  owner: string,
): Promise<CleanUp | null> {
  const written = await store.lastCleanUp(siteId, RUN_LEASE)
  if (written === null || written.owner === owner) return null
  const { cleanUp, leaseMs } = written
  if (cleanUp.state !== 'running' || (leaseMs > 0 && !isGone(written.owner))) return cleanUp
  return { ...cleanUp, state: 'stopped', failure: endFailure(hasDied()) }
}

function hasDied(): AppError {
  return new AppError('cancelled', 'The program that deleted the tickets has ended.', {
    consequence: 'It may have deleted a few more than is said here.',
  })
}

import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

const NAME = 'run'
const TTL_MS = 8_000
const RENEW_MS = 2_500
/** A holder that died is waited out. */
const WAIT_MS = 9_000
const LOOK_AGAIN_MS = 200

/** The right to work on a site's runs: one process has it at a time. */
export interface RunLease {
  /**
   * Takes it and renews it until it is dropped. `onLost` hears when that fails, because another process took it over
   * while this one was held up, or the store is out of reach. Throws `busy` where another process has it, at once or,
   * to outlive a dead one, after some seconds.
   */
  take(options: { wait: boolean; signal: AbortSignal; onLost: (error: unknown) => void }): Promise<void>
  drop(): Promise<void>
  /** True where another process took it over since it was taken here. */
  lost(): boolean
  /** True where another process works on a run right now. */
  othersWork(): Promise<boolean>
}

export interface LeaseParts {
  readonly store: Pick<Store, 'takeLease' | 'dropLease'>
  readonly siteId: string
  readonly owner: string
  readonly clock: Clock
}

export function createRunLease({ store, siteId, owner, clock }: LeaseParts): RunLease {
  let held: { readonly ended: AbortController; readonly renewing: Promise<void> } | null = null
  let lost = false
  const takeFor = (ttlMs: number): Promise<boolean> =>
    store.takeLease(siteId, NAME, owner, clock.now(), ttlMs)

  const renewUntil = async (ended: AbortSignal): Promise<void> => {
    while (await slept(clock, RENEW_MS, ended)) {
      if (await takeFor(TTL_MS)) continue
      lost = true
      throw takenOver()
    }
  }

  return {
    async take({ wait, signal, onLost }) {
      const untilMs = clock.now() + (wait ? WAIT_MS : 0)
      while (!(await takeFor(TTL_MS))) {
        if (clock.now() >= untilMs) throw taken()
        await clock.sleep(LOOK_AGAIN_MS, signal)
      }
      lost = false
      const ended = new AbortController()
      held = { ended, renewing: renewUntil(ended.signal).catch(onLost) }
    },
    async drop() {
      if (held === null) return
      held.ended.abort()
      await held.renewing
      held = null
      await store.dropLease(siteId, NAME, owner)
    },
    lost: () => lost,
    async othersWork() {
      // A lease of no length is over as soon as it is taken: asking for it only tells whether it would be refused.
      return held === null && !(await takeFor(0))
    },
  }
}

/** False where the signal ended the sleep. */
function slept(clock: Clock, ms: number, ended: AbortSignal): Promise<boolean> {
  return clock.sleep(ms, ended).then(
    () => true,
    () => false,
  )
}

function taken(): AppError {
  return new AppError(
    'busy',
    'Another window or command is creating tickets in this Jira. Nothing was begun here.',
    { hint: 'Wait until its run has ended, or pause or stop it there.', retryable: true },
  )
}

function takenOver(): AppError {
  return new AppError(
    'busy',
    'This program was held up, and another one has taken over the run. No ticket is made twice.',
    { hint: 'It goes on there.' },
  )
}

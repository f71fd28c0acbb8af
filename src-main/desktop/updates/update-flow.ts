import type { Client } from '../../../src-shared/contract/client.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { sleep, withTimeout } from '../../runtime/async.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { choose, inform, showFailure } from '../message-boxes.ts'

/** A version that is newer than this one. Both texts are the update server's words, made plain. */
export interface Update {
  readonly version: string
  readonly notes: string
}

/** What asks for, fetches and puts in place another version. Each failure is an AppError whose sentences a person reads. */
export interface Updater {
  /** Null where this version is the newest. */
  find(): Promise<Update | null>
  /** Fetches what `find` found last, and proves that it is what was announced. */
  download(): Promise<void>
  /** Puts the fetched version in place and quits; the new one starts. Only a failure comes back. */
  install(): Promise<never>
}

interface UpdateFlowParts {
  readonly updater: Updater
  /** This version. */
  readonly version: string
  readonly boxes: {
    readonly choose: typeof choose
    readonly inform: typeof inform
    readonly showFailure: typeof showFailure
  }
  /** Brings the run under way to rest; throws an AppError where it cannot, and nothing is restarted then. */
  readonly rest: () => Promise<void>
  /** Ends the core, as a quit does. */
  readonly end: () => Promise<void>
  /** Starts this version again: the core has ended, and the new one could not be put in place. */
  readonly startOver: () => void
  readonly log: Pick<Log, 'info' | 'warn'>
}

type State = 'idle' | 'looking' | 'asking' | 'fetching' | 'ready' | 'restarting'

const FETCH = 'Download'

const RESTART = 'Restart now'

const LATER = 'Later'

/** The way of an update: found, announced, fetched and installed when the person says so. */
export class UpdateFlow {
  readonly #parts: UpdateFlowParts
  readonly #putOff = new Set<string>()
  #state: State = 'idle'
  #found: Update | null = null
  #isAsked = false

  constructor(parts: UpdateFlowParts) {
    this.#parts = parts
  }

  /**
   * Looks for a newer version and asks what to do about it. A look that was not `asked` for says nothing but that there
   * is one, and that once. Never rejects; one at a time.
   */
  async check(asked: boolean): Promise<void> {
    // What is under way already is announced as if it had been asked for.
    this.#isAsked = this.#state === 'looking' ? this.#isAsked || asked : asked
    if (this.#state === 'idle') return this.#look()
    if (!asked || this.#found === null) return
    if (this.#state === 'ready') return this.#offerRestart(this.#found)
    if (this.#state === 'fetching') {
      const fetched = `Jira TPM ${this.#found.version} is being fetched.`
      await this.#parts.boxes.inform(fetched, 'You are asked when it is there.')
    }
  }

  async #look(): Promise<void> {
    const { updater, version, boxes, log } = this.#parts
    this.#state = 'looking'
    try {
      this.#found = await updater.find()
    } catch (error) {
      this.#state = 'idle'
      log.info({ err: error }, 'no look for updates')
      if (this.#isAsked) await boxes.showFailure(error)
      return
    }
    this.#state = 'idle'
    if (this.#found !== null) return this.#offer(this.#found)
    if (this.#isAsked) await boxes.inform('Jira TPM is up to date.', `${version} is the newest version.`)
  }

  async #offer(update: Update): Promise<void> {
    const { version, boxes } = this.#parts
    if (!this.#isAsked && this.#putOff.has(update.version)) return
    this.#putOff.add(update.version)
    this.#state = 'asking'
    const answer = await boxes.choose([FETCH, LATER], {
      message: `Jira TPM ${update.version} is there.`,
      detail: [`You have ${version}.`, update.notes, 'You are asked again before it is put in place.']
        .filter((text) => text !== '')
        .join('\n\n'),
    })
    this.#state = 'idle'
    if (answer === FETCH) await this.#fetch(update)
  }

  async #fetch(update: Update): Promise<void> {
    const { updater, boxes, log } = this.#parts
    this.#state = 'fetching'
    log.info({ version: update.version }, 'an update is fetched')
    try {
      await updater.download()
    } catch (error) {
      this.#state = 'idle'
      log.warn({ err: error }, 'an update was not fetched')
      await boxes.showFailure(error)
      return
    }
    await this.#offerRestart(update)
  }

  async #offerRestart(update: Update): Promise<void> {
    this.#state = 'asking'
    const answer = await this.#parts.boxes.choose([RESTART, LATER], {
      message: `Jira TPM ${update.version} is ready.`,
      detail:
        'It is put in place by a restart. A run under way finishes the ticket that it is making first, and is paused: resume it after the restart. Later: Help, Check for updates.',
    })
    this.#state = 'ready'
    if (answer === RESTART) await this.#restart(update)
  }

  async #restart(update: Update): Promise<void> {
    const { updater, boxes, log, rest, end, startOver } = this.#parts
    this.#state = 'restarting'
    try {
      await rest()
    } catch (error) {
      this.#state = 'ready'
      log.warn({ err: error }, 'no restart for an update')
      await boxes.showFailure(error)
      return
    }
    log.info({ version: update.version }, 'an update is put in place')
    try {
      await end()
      await updater.install()
    } catch (error) {
      log.warn({ err: error }, 'an update was not put in place')
      await boxes.showFailure(error)
      startOver()
    }
  }
}

/** Not while the person waits for the window. */
const FIRST_LOOK_MS = 60_000

const LOOK_EVERY_MS = 24 * 60 * 60_000

/** Calls `look` a minute after the start and daily from then on, until the signal is aborted. Rejects as `look` does. */
export async function keepLooking(
  look: () => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let ms = FIRST_LOOK_MS; await sleep(ms, signal, clock); ms = LOOK_EVERY_MS) await look()
}

/** So long the outcome of a ticket under way is waited for (real ms): Jira's longest answer and a search for it. */
const PATIENCE_MS = 120_000

/**
 * Brings the run that this program works on to rest, so that a restart meets no ticket under way: the slots that were
 * sent get their outcome, no further one is sent, and the run is paused until a person resumes it. Runs of other
 * programs are theirs. Throws an AppError where it cannot be brought to rest; then nothing shall be restarted.
 */
export async function restRun(call: Client['call'], clock: Clock): Promise<void> {
  const run = await call('runs.current', {}).catch(noRunButFor(['store-unavailable', 'store-full']))
  if (run?.state !== 'running' || run.by !== null) return
  try {
    await withTimeout(call('runs.pause', {}), PATIENCE_MS, refuseRestart, { clock })
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not-found')) throw error // it was done just now
  }
}

/** Where nothing could be opened there is no run; where the store is away its last outcomes may be owed. */
function noRunButFor(codes: readonly string[]): (error: unknown) => null {
  return (error) => {
    if (error instanceof AppError && !codes.includes(error.code)) return null
    throw error
  }
}

function refuseRestart(): never {
  throw new AppError('busy', 'Jira has not answered yet what the run sent last.', {
    consequence: 'Nothing was restarted, and nothing is lost.',
    hint: 'Choose Help, Check for updates, when the run is paused.',
    retryable: true,
  })
}

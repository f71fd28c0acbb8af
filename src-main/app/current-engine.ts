import { AppError, nothingChanged, toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import type { Engine } from './engine.ts'
import type { Log } from '../runtime/log.ts'

export type CurrentEngine = ReturnType<typeof createCurrentEngine>

interface EngineParts {
  readonly firstConfig: Config
  readonly readConfig: () => Config
  /** Gives up where the signal is aborted before it is open. */
  readonly open: (config: Config, signal: AbortSignal) => Promise<Engine>
  /** Called when another engine, or none, is there from now on. */
  readonly onChange: () => void
  readonly log: Pick<Log, 'warn'>
}

/** The engine of the Jira that is set now: opened at once, and exchanged when another is set. */
export function createCurrentEngine(parts: EngineParts) {
  const { firstConfig, readConfig, onChange } = parts
  const opening = createOpening(parts)
  let config = firstConfig
  let started = false
  let closed: Promise<void> | undefined
  let engine = opening.open(config)
  engine.catch(() => {}) // each caller gets the error
  const opened = (): Promise<Engine> => engine

  const replace = async (nextConfig: () => Config): Promise<void> => {
    if (closed !== undefined) throw closing()
    const former = engine
    const mine: Promise<Engine> = opening.close(former).then(() => {
      if (closed !== undefined) throw closing()
      config = nextConfig()
      if (engine !== mine) throw beingLeft()
      return opening.open(config)
    })
    engine = mine
    try {
      const next = await mine
      // One that was left meanwhile is not started: the one that came after it is.
      if (engine !== mine) await last(opened)
      else if (started) await next.start()
    } catch (error) {
      if (engine === mine) throw error
      await last(opened)
    } finally {
      onChange()
    }
  }

  return {
    config: (): Config => config,
    /** Resolves when it is open. Throws the AppError that says why it is not. */
    opened,
    /** The engine that is open now; null while it is opening, and where it could not be opened. */
    openNow: opening.openNow,
    /** Why it could not be opened; null while it is open or still opening. */
    failure: opening.failure,
    /** Begins what goes on by itself, in this engine and in each that comes after it. Throws as `opened`. */
    async start() {
      started = true
      const awaited = engine
      const current = await awaited
      if (engine === awaited) await current.start()
    },
    /**
     * Closes it, also one that is still opening, and opens that of the configuration as it is now. Throws why that cannot
     * be opened, and `cancelled` once it was closed for good. One that another call overtakes ends as that one does.
     */
    reopen: () => replace(readConfig),
    /** As `reopen`, of the configuration that it has: what it works with is another. */
    exchange: () => replace(() => config),
    /** For good; does not wait for one that is still opening. Safe to call twice. */
    close: () => (closed ??= opening.close(engine)),
  }
}

/** Resolves when the engine is open that is there when none is exchanged any more. Throws why that one is not. */
async function last(engine: () => Promise<Engine>): Promise<void> {
  const awaited = engine()
  await awaited.catch((error: unknown) => {
    if (engine() === awaited) throw error
    return last(engine)
  })
}

/** Opens one engine at a time, and gives up one that is still opening where it is closed. */
function createOpening({ open, log }: Pick<EngineParts, 'open' | 'log'>) {
  let failure: WireError | null = null
  let openNow: Engine | null = null
  let opening = new AbortController()
  return {
    openNow: (): Engine | null => openNow,
    failure: (): WireError | null => failure,
    async open(config: Config): Promise<Engine> {
      failure = null
      opening = new AbortController()
      const { signal } = opening
      try {
        const engine = await open(config, signal)
        // One that is being left at this moment is closed by the code that leaves it.
        if (!signal.aborted) openNow = engine
        return engine
      } catch (error) {
        if (!signal.aborted) {
          failure = toWireError(error)
          log.warn({ err: error }, 'the Jira or the store could not be opened')
        }
        throw error
      }
    },
    /** One that could not be opened needs no closing. */
    async close(former: Promise<Engine>): Promise<void> {
      openNow = null
      // A Jira that does not answer would keep it opening for minutes.
      opening.abort(beingLeft())
      const engine = await former.catch(() => null)
      await engine?.stop()
    },
  }
}

function beingLeft(): AppError {
  return nothingChanged('cancelled', 'This Jira is being left.')
}

function closing(): AppError {
  return new AppError('cancelled', 'Jira TPM is closing.')
}

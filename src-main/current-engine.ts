import { toWireError, type WireError } from '../src-shared/errors/app-error.ts'
import type { Config } from './config/config.ts'
import type { Engine } from './engine.ts'
import type { Log } from './log.ts'

/** The engine of the Jira that is set now: opened at once, and exchanged when another is set. */
export interface CurrentEngine {
  readonly config: () => Config
  /** Resolves when it is open. Throws the AppError that says why it is not. */
  readonly opened: () => Promise<Engine>
  /** Why it could not be opened; null while it is open or still opening. */
  readonly failure: () => WireError | null
  /** Begins what goes on by itself, in this engine and in each that comes after it. Throws as `opened`. */
  readonly start: () => Promise<void>
  /** Closes it and opens that of the configuration as it is now. Throws why that cannot be opened. */
  readonly reopen: () => Promise<void>
  /** Safe to call twice. */
  readonly close: () => Promise<void>
}

interface EngineParts {
  readonly firstConfig: Config
  readonly readConfig: () => Config
  readonly open: (config: Config) => Promise<Engine>
  /** Hears that another engine, or none, is there from now on. */
  readonly onChange: () => void
  readonly log: Pick<Log, 'warn'>
}

export function createCurrentEngine(parts: EngineParts): CurrentEngine {
  const { firstConfig, readConfig, onChange, log } = parts
  let config = firstConfig
  let started = false
  let failure: WireError | null = null
  let closed: Promise<void> | undefined

  const open = (): Promise<Engine> => {
    failure = null
    const opening = parts.open(config)
    opening.catch((error: unknown) => {
      failure = toWireError(error)
      log.warn({ err: error }, 'the Jira or the store could not be opened')
    })
    return opening
  }
  let engine = open()

  return {
    config: () => config,
    opened: () => engine,
    failure: () => failure,
    async start() {
      started = true
      const { start } = await engine
      await start()
    },
    async reopen() {
      const former = engine
      engine = closeEngine(former).then(() => {
        config = readConfig()
        return open()
      })
      try {
        const { start } = await engine
        if (started) await start()
      } finally {
        onChange()
      }
    },
    close: () => (closed ??= closeEngine(engine)),
  }
}

/** One that could not be opened needs no closing. */
async function closeEngine(engine: Promise<Engine>): Promise<void> {
  const open = await engine.catch(() => null)
  await open?.stop()
}

import { Writable } from 'node:stream'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import { DEFAULT_PORT, type Config } from '../../config/config.ts'
import { pauseSoon, isIdle } from '../runs/follow-run.ts'
import type { CliIo } from '../cli/io.ts'
import { standingText } from '../runs/run-document.ts'
import { openDashboard, type OpenDashboard } from '../server/serve-dashboard.ts'

/** What every item of the menu works with. */
export interface MenuWorld {
  readonly io: CliIo
  readonly app: App
  readonly client: Client
  readonly config: Config
  readonly news: News
  readonly ownRun: MenuRun
  readonly dashboard: ServedDashboard
}

/** What is to be told while a question is on the screen, kept until there is room for it. */
export interface News {
  /** For who writes to stderr. */
  readonly stream: Writable
  add(sentence: string): void
  /** What came since the last time. */
  take(): string[]
}

export function createNews(): News {
  let text = ''
  return {
    stream: new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        text += String(chunk)
        done()
      },
    }),
    add: (sentence) => void (text += `${sentence}\n`),
    take() {
      const lines = text.split('\n').filter((line) => line !== '')
      text = ''
      return lines
    },
  }
}

/** The run that this menu began or went on with: it goes on while the person looks at something else. */
interface MenuRun {
  /** Begins it, or goes on with it. */
  begin(start: () => Promise<RunProgress>): Promise<RunProgress>
  /** As it stands, while it goes on; else null. */
  underWay(): RunProgress | null
  /** While it is looked at, its end is not news. */
  lookAt<T>(work: () => Promise<T>): Promise<T>
  /** Pauses it, for the program's end; null where none is under way. */
  pause(): Promise<RunProgress | null>
  close(): void
}

export function createMenuRun(client: Client, news: News): MenuRun {
  let run: RunProgress | null = null
  let looking = 0
  const onProgress = (progress: RunProgress): void => {
    if (run === null || progress.runId !== run.runId || isIdle(run)) return
    run = progress
    if (isIdle(run) && looking === 0) news.add(standingText(run))
  }
  const unsubscribe = client.on('run.changed', onProgress)
  const underWay = (): RunProgress | null => (run === null || isIdle(run) ? null : run)
  return {
    async begin(start) {
      const before = run
      run = null
      try {
        run = await start()
      } catch (error) {
        run = before
        throw error
      }
      return run
    },
    underWay,
    async lookAt(work) {
      looking++
      try {
        return await work()
      } finally {
        looking--
      }
    },
    async pause() {
      const going = underWay()
      if (going === null) return null
      run = null
      return pauseSoon(client, going)
    },
    close: unsubscribe,
  }
}

/** The dashboard for a browser, served from when it is first wanted until the menu is left. */
interface ServedDashboard {
  /** A link that opens it once, another one each time. Throws as `openDashboard` and `OpenDashboard.link`. */
  link(): Promise<string>
  close(): Promise<void>
}

export function createDashboard(io: CliIo, app: App, { dataDir }: Config): ServedDashboard {
  let open: OpenDashboard | null = null
  const serve = async (): Promise<OpenDashboard> => {
    try {
      return await openDashboard(io, app, { dataDir, port: DEFAULT_PORT })
    } catch (error) {
      // Another workspace's, or any other program: a person at a menu shall not have to choose a port.
      if (!(error instanceof AppError) || error.code !== 'port-in-use') throw error
      return openDashboard(io, app, { dataDir, port: 0 })
    }
  }
  return {
    async link() {
      open ??= await serve()
      return open.link()
    },
    close: async () => open?.close(),
  }
}

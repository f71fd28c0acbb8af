import { Writable } from 'node:stream'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs.ts'
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
  readonly ownRun: ReturnType<typeof createMenuRun>
  readonly dashboard: ReturnType<typeof createDashboard>
}

/** What is to be said while a question is on the screen, kept until there is room for it. */
export function createNews() {
  let text = ''
  return {
    stream: new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        text += String(chunk)
        done()
      },
    }),
    add(sentence: string): void {
      text += `${sentence}\n`
    },
    take() {
      const lines = text.split('\n').filter((line) => line !== '')
      text = ''
      return lines
    },
  }
}

export type News = ReturnType<typeof createNews>

/** The run that this menu began or went on with: it goes on while the person looks at something else. */
export function createMenuRun(client: Client, news: News) {
  let run: RunProgress | null = null
  let looking = 0
  const underWay = (): RunProgress | null => (run === null || isIdle(run) ? null : run)
  const unsubscribe = client.on('run.changed', (progress) => {
    if (underWay() === null || progress.runId !== run?.runId) return
    run = progress
    if (isIdle(run) && looking === 0) news.add(standingText(run))
  })
  return {
    async begin(start: () => Promise<RunProgress>): Promise<RunProgress> {
      const before = run
      run = null
      try {
        return (run = await start())
      } catch (error) {
        run = before
        throw error
      }
    },
    /** As it stands, while it goes on; else null. */
    underWay,
    /** While it is looked at, its end is not news. */
    async lookAt<T>(work: () => Promise<T>): Promise<T> {
      looking++
      try {
        return await work()
      } finally {
        looking--
      }
    },
    /** Pauses it, for the program's end; null where none is under way. */
    async pause(): Promise<RunProgress | null> {
      const going = underWay()
      run = null
      return going === null ? null : pauseSoon(client, going)
    },
    close: unsubscribe,
  }
}

/** The dashboard for a browser, served from when it is first wanted until the menu is left. */
export function createDashboard(io: CliIo, app: App, { dataDir }: Config) {
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
    /** A link that opens it once, another one each time. Throws as `openDashboard` and `OpenDashboard.link`. */
    async link(): Promise<string> {
      open ??= await serve()
      return open.link()
    },
    close: async () => open?.close(),
  }
}

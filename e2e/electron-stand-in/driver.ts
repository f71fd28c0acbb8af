import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chromium, type Browser, type Page } from 'playwright'
import type { MainProcess, TestReply, TestRequest } from './test-channel.ts'

/** How long an app may take to quit before it is killed and the test fails. */
const QUIT_TIMEOUT_MS = 5_000

export interface StandInOptions {
  /** The folder with the app's package.json. */
  readonly appFolder: string
  readonly args?: readonly string[]
  /** The whole environment; the test's own where it is left out. */
  readonly env?: Readonly<NodeJS.ProcessEnv>
  readonly cwd?: string
}

type ExitCode = number | NodeJS.Signals

/** An app in the stand-in, from a test's side. */
export interface StandIn {
  readonly process: ChildProcess
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly exited: Promise<ExitCode>
  /** Everything that it wrote to stdout and stderr so far. */
  output(): string
  /** The first window's page, once it has left about:blank and is loaded; another one after it crashed and was reloaded. */
  firstPage(): Promise<Page>
  /** Calls a function in the main process. It is sent as text: it sees its arguments and nothing else. */
  evaluate<T, A = undefined>(
    call: (main: MainProcess, argument: A) => T | Promise<T>,
    argument?: A,
  ): Promise<T>
  /** Ends every renderer at once (SIGKILL), as the system does when it runs out of memory. */
  killRenderers(): Promise<void>
  /** Ends the main process at once; its Chromium ends with it, as Electron's windows do. */
  kill(): Promise<void>
  /** Asks the app to quit and waits for its end; kills it and throws where it does not. */
  quit(): Promise<ExitCode>
}

/** Starts an app in the stand-in, as Playwright's `_electron.launch` would start it in Electron. */
export function startStandIn({ appFolder, args = [], env, cwd }: StandInOptions): StandIn {
  const child = fork(fileOf('./run.ts'), [appFolder, ...args], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', fileOf('./register.ts')],
    env: { ...(env ?? process.env) },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as ExitCode)
  const output = outputOf(child)
  const ask = questions(child, output)
  let browser: Browser | undefined
  let shown: Page | undefined
  const dead = new WeakSet<Page>()

  const firstPage = async (): Promise<Page> => {
    const address = (await ask({ want: 'devtools' })) as string
    // The window's looks are the app's to choose, so none of Playwright's defaults are put on it.
    browser ??= await chromium.connectOverCDP(address, { noDefaults: true })
    const context = browser.contexts()[0]
    if (!context) throw new Error('Chromium has no window')
    const page = context.pages().find((known) => !dead.has(known)) ?? (await context.waitForEvent('page'))
    shown = page
    page.once('crash', () => dead.add(page))
    await page.waitForURL((url) => url.protocol.startsWith('http'))
    return page
  }
  const evaluate: StandIn['evaluate'] = async (call, argument) =>
    (await ask({ want: 'evaluate', source: String(call), argument })) as never

  const quit = async (): Promise<ExitCode> => {
    await browser?.close()
    if (child.connected)
      child.send({ id: 0, want: 'evaluate', source: QUIT, argument: null } satisfies TestRequest)
    const timer = setTimeout(() => child.kill('SIGKILL'), QUIT_TIMEOUT_MS)
    const code = await exited
    clearTimeout(timer)
    if (code === 'SIGKILL') throw new Error(`The app did not quit within ${QUIT_TIMEOUT_MS} ms`)
    return code
  }
  const killRenderers = async (): Promise<void> => {
    if (!browser || !shown) throw new Error('Ask for the first page before')
    const crashed = shown.waitForEvent('crash')
    const devTools = await browser.newBrowserCDPSession()
    const { processInfo } = await devTools.send('SystemInfo.getProcessInfo')
    await devTools.detach()
    for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, 'SIGKILL')
    await crashed
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { process: child, exited, output, firstPage, evaluate, killRenderers, kill, quit }
}

const QUIT = '({ app }) => app.quit()'

function fileOf(name: string): string {
  return new URL(name, import.meta.url).pathname
}

function outputOf(child: ChildProcess): () => string {
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  }
  return () => chunks.join('')
}

type Question = TestRequest extends infer R ? (R extends TestRequest ? Omit<R, 'id'> : never) : never

/** Questions to the app over the channel that Node opens between the two; all fail when the app ends. */
function questions(child: ChildProcess, output: () => string): (question: Question) => Promise<unknown> {
  const open = new Map<number, PromiseWithResolvers<unknown>>()
  let count = 0
  child.on('message', ({ id, value, error }: TestReply) => {
    const asked = open.get(id)
    open.delete(id)
    if (error === undefined) asked?.resolve(value)
    else asked?.reject(new Error(error))
  })
  child.on('exit', (code, signal) => {
    const end = new Error(`The app ended with ${code ?? signal}, having written:\n${output()}`)
    for (const asked of open.values()) asked.reject(end)
  })
  return (question) => {
    const id = (count += 1)
    const asked = Promise.withResolvers<unknown>()
    open.set(id, asked)
    child.send({ ...question, id })
    return asked.promise
  }
}

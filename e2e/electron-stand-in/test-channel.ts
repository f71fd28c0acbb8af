import { app } from './app.ts'
import { devToolsAddress } from './browser.ts'
import { notCarried } from './carried.ts'
import * as electron from './electron.ts'
import { person } from './person.ts'

/** What a test's function gets as its first argument in the main process. */
export type MainProcess = typeof electron & { readonly person: typeof person }

export type TestRequest =
  | { readonly id: number; readonly want: 'devtools' }
  /** `source` is a function's text; it is called with a MainProcess and `argument`. */
  | { readonly id: number; readonly want: 'evaluate'; readonly source: string; readonly argument: unknown }

export type TestReply = { readonly id: number; readonly value?: unknown; readonly error?: string }

/** Answers the test that started this process, if one did; when the test goes, so does the app. */
export function answerTests(): void {
  if (!process.send) return
  process.on('message', (request: TestRequest) => void reply(request))
  process.on('disconnect', () => app.exit(0))
}

async function reply(request: TestRequest): Promise<void> {
  const answer = await valueOf(request).then(
    (value): TestReply => ({ id: request.id, value }),
    (error: unknown): TestReply => ({ id: request.id, error: String(error) }),
  )
  process.send?.(answer)
}

async function valueOf(request: TestRequest): Promise<unknown> {
  switch (request.want) {
    case 'devtools':
      return await devToolsAddress()
    case 'evaluate':
      return await functionOf(request.source)({ ...electron, person }, request.argument)
    default:
      return notCarried('such a request of a test')
  }
}

function functionOf(source: string): (main: MainProcess, argument: unknown) => unknown {
  // oxlint-disable-next-line no-eval -- a test's own function, sent as text, as Playwright does for Electron
  return (0, eval)(`(${source})`) as (main: MainProcess, argument: unknown) => unknown
}

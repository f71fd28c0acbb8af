import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a process of viewers is asked, one after the other. */
export type ViewersOrder =
  | { readonly ask: 'open'; readonly url: string; readonly tokens: readonly string[] }
  /** When each shows the commits up to a number; answered when all do. */
  | { readonly ask: 'shown'; readonly seq: number }
  /** Of how many not all of this number of tickets are shown, as their server's newest snapshot has them. */
  | { readonly ask: 'wrong'; readonly total: number }

/** By `nowMs`; or a number; or why there is none. */
export type ViewersWord = {
  readonly times?: readonly number[]
  readonly count?: number
  readonly error?: string
}

export type Viewers = Awaited<ReturnType<typeof openViewers>>

const SCRIPT = fileURLToPath(new URL('./run-viewers.ts', import.meta.url))

/** A clock that all processes of this machine share. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/**
 * Many who look on, in a process of their own: what they do at once when a server dies holds up nobody else's ways. It ends
 * with this one. Resolves when each has a chart.
 */
export async function openViewers(folder: string, url: string, tokens: readonly string[]) {
  const child = fork(SCRIPT, [folder], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const exit = once(child, 'exit')
  const ended = exit.then(() => Promise.reject(new Error('The viewers’ process ended')))
  ended.catch(() => {})
  const ask = async (order: ViewersOrder): Promise<ViewersWord> => {
    child.send(order)
    const [word] = (await Promise.race([once(child, 'message'), ended])) as [ViewersWord]
    if (word.error !== undefined) throw new Error(word.error)
    return word
  }
  await ask({ ask: 'open', url, tokens })
  return {
    count: tokens.length,
    /** Milliseconds from `beganMs`, by `nowMs`, until each shows the commits up to a number; resolves when all do. */
    async shown(seq: number, beganMs: number): Promise<readonly number[]> {
      const { times = [] } = await ask({ ask: 'shown', seq })
      return times.map((time) => Math.round(time - beganMs))
    },
    /** Of how many not all of so many tickets are shown, as their server's newest snapshot has them. */
    wrong: async (total: number): Promise<number> => (await ask({ ask: 'wrong', total })).count ?? Number.NaN,
    async close(): Promise<void> {
      if (child.connected) child.disconnect()
      await exit
    },
  }
}

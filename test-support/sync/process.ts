import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { StoreConfig } from '../../src-main/config/config.ts'

/** What a process of its own is told to fetch, and into which store. */
export interface SyncJob {
  readonly kind: 'fetch' | 'census'
  readonly store: StoreConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly siteId: string
  readonly priorityIds: readonly string[]
  /** Where it fetches some tickets into first, so that its memory is that of a process that fetches. */
  readonly warmUp?: StoreConfig
}

/** What it says, a line each. Memory in bytes; `requests` counts calls to Jira since it began. */
export type SyncWord =
  | { readonly said: 'ready' }
  | { readonly said: 'began' }
  | {
      readonly said: 'progress'
      readonly done: number
      readonly total: number
      readonly rss: number
      readonly requests: number
    }
  | {
      readonly said: 'ended'
      readonly inserted: number
      readonly storedTickets: number
      readonly requests: number
      readonly tookMs: number
      readonly beganRss: number
      readonly peakRss: number
    }

type SaidWord<S extends SyncWord['said']> = Extract<SyncWord, { said: S }>

/** Where a kill met a process: before it asked Jira anything, in its work or after it. */
export type Moment = 'before' | 'in' | 'after'

export interface SyncProcess {
  /** Everything it has said so far. */
  readonly words: readonly SyncWord[]
  /** Lets it begin. */
  go(job: SyncJob): void
  /** Resolves with the first such thing that it says or has said; rejects where it ends without. */
  heard<S extends SyncWord['said']>(said: S): Promise<SaidWord<S>>
  /** Resolves when it has so many tickets. */
  progress(tickets: number): Promise<void>
  /** Ends it at once, as a power cut does, and tells what it was doing. Throws where it had ended by itself. */
  kill(): Promise<Moment>
}

export const SYNC_SCRIPT = fileURLToPath(new URL('./run-sync.ts', import.meta.url))

/** Starts a process that has loaded everything and waits for its job when it says `ready`. */
export function startSyncProcess({
  script = SYNC_SCRIPT,
  nodeArgs = [],
}: { readonly script?: string; readonly nodeArgs?: readonly string[] } = {}): SyncProcess {
  const child = spawn(process.execPath, [...nodeArgs, script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const words: SyncWord[] = []
  const more = new EventEmitter()
  let ended = false
  const lines = createInterface({ input: child.stdout })
  const closed = once(lines, 'close')
  lines.on('line', (line) => {
    words.push(JSON.parse(line) as SyncWord)
    more.emit('more')
  })
  lines.on('close', () => {
    ended = true
    more.emit('more')
  })
  // Whoever writes to it after its end learns of that by `kill`.
  child.stdin.on('error', () => {})

  async function until<W extends SyncWord>(isIt: (word: SyncWord) => word is W): Promise<W> {
    for (;;) {
      const word = words.find(isIt)
      if (word !== undefined) return word
      if (ended) throw new Error(`The process ended and had said ${JSON.stringify(words.at(-1))}`)
      await once(more, 'more')
    }
  }

  return {
    words,
    go: (job) => void child.stdin.write(`${JSON.stringify(job)}\n`),
    heard: (said) => until((word): word is SaidWord<typeof said> => word.said === said),
    async progress(tickets) {
      await until((word): word is SyncWord => word.said === 'progress' && word.done >= tickets)
    },
    async kill() {
      const { exitCode } = child
      if (exitCode !== null) throw new Error(`The process had ended by itself, with ${exitCode}`)
      child.kill('SIGKILL')
      await closed
      return momentOf(words)
    },
  }
}

function momentOf(words: readonly SyncWord[]): Moment {
  const last = words.findLast(({ said }) => said !== 'progress')?.said
  if (last === 'ended') return 'after'
  return last === 'began' ? 'in' : 'before'
}

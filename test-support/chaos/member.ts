import type { PostgresConfig } from '../../src-main/config/config.ts'
import { startChild } from '../process/child.ts'

/** What an instance in a process of its own is to work with. */
export interface MemberJob {
  readonly store: PostgresConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly dataDir: string
  /** Its machine's name: of the death of another machine's process nobody can know. */
  readonly host: string
  /** The runs that it begins, one after the other, where no other instance works on one; null: none. */
  readonly runs: { readonly count: number; readonly minutes: number } | null
}

/** What its chart shows: the counts by `minute priority`, those that are 0 left out. */
export type Chart = Readonly<Record<string, number>>

/** What it is told, a line each. */
export type MemberOrder =
  | { readonly order: 'begin'; readonly job: MemberJob }
  /** To begin no further run. */
  | { readonly order: 'finish' }
  /** Not to wait any longer for what Jira's index may still show. */
  | { readonly order: 'hurry' }
  | { readonly order: 'chart' }

export type MemberWord =
  | { readonly said: 'ready' }
  | { readonly said: 'open'; readonly siteId: string }
  | { readonly said: 'store'; readonly failure: string | null }
  | { readonly said: 'leads' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'chart'; readonly chart: Chart | null }
  /** Something that no fault explains. */
  | { readonly said: 'bug'; readonly text: string }

export type Member = Awaited<ReturnType<typeof startMember>>

/** Starts an instance. Whoever starts it ends it. */
export async function startMember(script: string, name: string, job: MemberJob) {
  const child = startChild<MemberWord>(script)
  const order = (one: MemberOrder): void => child.tell(one)
  const open = child.heard('open')
  open.catch(() => {}) // it may be killed before
  await child.heard('ready')
  order({ order: 'begin', job })
  return {
    name,
    /** Everything it has said. */
    words: child.words,
    order,
    /** The chart that it shows now; null while it has none. */
    async chart(): Promise<Chart | null> {
      const answer = child.heard('chart', child.words.length)
      order({ order: 'chart' })
      return (await answer).chart
    },
    /** Resolves when it works with its Jira and its store. */
    opened: async () => (await open).siteId,
    send: (signal: NodeJS.Signals) => child.send(signal),
    /** Ends it at once. */
    async kill() {
      const code = await child.kill()
      if (code !== null) throw new Error(`${name} had ended by itself, with ${code}`)
    },
    /** Lets it end in good order. Throws where it does not, or has ended before. */
    async end() {
      const code = await child.end()
      if (code !== 0) throw new Error(`${name} ended with ${code}`)
    },
  }
}

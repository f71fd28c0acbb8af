import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { PostgresConfig } from '../../src-main/config/config.ts'

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
  | { readonly order: 'end' }

export type MemberWord =
  | { readonly said: 'ready' }
  | { readonly said: 'open'; readonly siteId: string }
  | { readonly said: 'store'; readonly failure: string | null }
  | { readonly said: 'leads' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'chart'; readonly chart: Chart | null }
  /** Something that no fault explains. */
  | { readonly said: 'bug'; readonly text: string }

export interface Member {
  readonly name: string
  /** Everything it has said, but for its charts. */
  readonly words: readonly MemberWord[]
  order(order: MemberOrder): void
  /** The chart that it shows now; null while it has none. */
  chart(): Promise<Chart | null>
  /** Resolves when it works with its Jira and its store. */
  opened(): Promise<string>
  send(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Ends it at once. */
  kill(): Promise<void>
  /** Lets it end in good order. Throws where it does not, or has ended before. */
  end(): Promise<void>
}

/** Starts an instance. Whoever starts it ends it. */
export async function startMember(script: string, name: string, job: MemberJob): Promise<Member> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>
  const words: MemberWord[] = []
  const heard: ((word: MemberWord) => void)[] = []
  const next = <S extends MemberWord['said']>(said: S): Promise<Extract<MemberWord, { said: S }>> =>
    new Promise((resolve, reject) => {
      heard.push((word) => {
        if (word.said === said) resolve(word as Extract<MemberWord, { said: S }>)
      })
      void exited.then(() => reject(new Error(`${name} ended without having said "${said}"`)))
    })
  const ready = next('ready')
  const open = next('open')
  open.catch(() => {}) // it may be killed before
  createInterface({ input: child.stdout }).on('line', (line) => {
    const word = JSON.parse(line) as MemberWord
    if (word.said !== 'chart') words.push(word)
    for (const hear of heard) hear(word)
  })
  child.stdin.on('error', () => {}) // of one that is killed
  const order = (one: MemberOrder): void => void child.stdin.write(`${JSON.stringify(one)}\n`)
  await ready
  order({ order: 'begin', job })
  return {
    name,
    words,
    order,
    async chart() {
      const answer = next('chart')
      order({ order: 'chart' })
      return (await answer).chart
    },
    opened: async () => (await open).siteId,
    send: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL')
      const [code] = await exited
      if (code !== null) throw new Error(`${name} had ended by itself, with ${code}`)
    },
    async end() {
      order({ order: 'end' })
      const [code, signal] = await exited
      if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}`)
    },
  }
}

import type { AlertReplay, AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Client } from '../../src-shared/contract/client.ts'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'

export type AskedRule = Pick<AlertRule, 'condition' | 'scope'>

export type ReplayState =
  | { readonly is: 'reading' }
  | { readonly is: 'read'; readonly replay: AlertReplay }
  | { readonly is: 'failed'; readonly why: string }

/** A state of the feed, and the rule that it is of. */
export interface ReplayOfRule {
  readonly state: ReplayState
  readonly of: AskedRule | null
}

const READING: ReplayState = { is: 'reading' }

export const NOT_ASKED: ReplayOfRule = { state: READING, of: null }

/** What is said of a rule: of what was read last nothing, where that is of another one. Rules are made anew; their words count. */
export function stateOf({ state, of }: ReplayOfRule, rule: AskedRule | null): ReplayState {
  return JSON.stringify(of) === JSON.stringify(rule) ? state : READING
}

/** So long (ms) nothing was typed. */
const REST_MS = 500

/**
 * Has a rule replayed once it rests, one at a time: weeks of tickets are gone through. What came of a rule that is no longer the
 * one asked for is not said.
 */
export function createReplayFeed(
  client: Pick<Client, 'call'>,
  put: (state: ReplayState, of: AskedRule) => void,
  restMs = REST_MS,
) {
  let wanted: AskedRule | null = null
  let resting: ReturnType<typeof setTimeout> | undefined
  let isReading = false

  async function read(): Promise<void> {
    resting = undefined
    if (isReading || wanted === null) return
    const rule = wanted
    isReading = true
    const came = await client.call('alerts.replay', rule).then(
      (replay): ReplayState => ({ is: 'read', replay }),
      (error: unknown): ReplayState => ({ is: 'failed', why: errorText(toWireError(error)) }),
    )
    isReading = false
    if (wanted === rule) return put(came, rule)
    if (resting === undefined) await read()
  }

  return {
    ask(rule: AskedRule): void {
      wanted = rule
      put(READING, rule)
      clearTimeout(resting)
      resting = setTimeout(() => void read(), restMs)
    },
    stop(): void {
      wanted = null
      clearTimeout(resting)
    },
  }
}

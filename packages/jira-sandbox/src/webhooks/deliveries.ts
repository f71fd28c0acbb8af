import { createHmac, randomUUID } from 'node:crypto'
import type { FaultRule } from '../faults/request-faults.ts'
import type { SandboxClock } from '../sandbox-clock.ts'

/** What is to be sent to somebody who asked for it. */
export interface Delivery {
  readonly url: string
  readonly body: string
  /** Signs the body; null: it is not signed. */
  readonly secret: string | null
  /** How soon Cloud means to send it: within 30 s, or 15 min. Null: a server, which does not say. */
  readonly flow: 'Primary' | 'Secondary' | null
}

/** How deliveries have fared since the start. */
export interface DeliveryCounts {
  /** Not sent yet, held back, or to be sent again. */
  readonly waiting: number
  /** Those of them that wait to be sent again. */
  readonly toRepeat: number
  /** Taken with a 2xx. */
  readonly accepted: number
  /** Refused for good: another status, or once too often. */
  readonly refused: number
  /** Sent once more. */
  readonly retried: number
  /** Not sent, by a fault or because too many were waiting. */
  readonly lost: number
}

export type Deliveries = ReturnType<typeof createDeliveries>

interface Attempt extends Delivery {
  readonly identifier: string
  /** How often it was sent before. */
  readonly retry: number
  readonly isForged: boolean
}

/** More than this do not wait: Jira's queue overflows, too (JRASERVER-74492), and this one is in memory. */
const MAX_WAITING = 5_000
const MAX_UNDER_WAY = 10
const ANSWER_TIMEOUT_MS = 20_000
/** Site minutes until each of Cloud's five repeats: half an hour in all. */
const RETRY_MINUTES = [5, 6, 6, 6, 7] as const
const RETRIED = [408, 409, 425, 429]
/** How long at most (real ms) one that is to come out of order waits for another to overtake it. */
const OVERTAKEN_WITHIN_MS = 1_000
/** How often (real ms) is looked for what is to be sent again: the site's clock may begin to run faster meanwhile. */
const LOOK_MS = 100

interface DeliveryContext {
  readonly clock: Pick<SandboxClock, 'now'>
  /** Cloud repeats what failed; a server does not. */
  readonly repeats: () => boolean
  /** The faults that meet a delivery to this path. */
  readonly faults: (path: string) => readonly FaultRule[]
}

/** Sends webhooks in the background, a few at a time; whoever adds one is not held up. */
export function createDeliveries({ clock, repeats, faults }: DeliveryContext) {
  const timers = createTimers()
  const counts = { accepted: 0, refused: 0, retried: 0, lost: 0 }
  const overtaken: Attempt[] = []
  const overtake = (): void => {
    for (const attempt of overtaken.splice(0)) queue.put(attempt)
  }
  const again = createRepeats(clock, timers, (attempt) => {
    counts.retried++
    queue.put(attempt)
  })
  const queue = createQueue((attempt, outcome) => {
    if (outcome === 'accepted') counts.accepted++
    else if (outcome === 'refused' || !repeats() || !again.add(attempt)) counts.refused++
    overtake()
  })
  const waiting = (): number => queue.size() + overtaken.length + again.size() + timers.held()

  return {
    add(delivery: Delivery): void {
      const met = new Map(faults(new URL(delivery.url).pathname).map((rule) => [rule.kind, rule]))
      if (met.has('hook-lost') || waiting() >= MAX_WAITING) {
        counts.lost++
        return
      }
      const attempt: Attempt = {
        ...delivery,
        secret: met.has('hook-unsigned') ? null : delivery.secret,
        identifier: randomUUID(),
        retry: 0,
        isForged: met.has('hook-forged'),
      }
      const late = met.get('hook-late')
      for (const one of met.has('hook-doubled') ? [attempt, { ...attempt, retry: 1 }] : [attempt]) {
        if (met.has('hook-out-of-order')) {
          overtaken.push(one)
          timers.after(OVERTAKEN_WITHIN_MS, overtake)
        } else if (late !== undefined) timers.hold(late.ms ?? 1_000, () => queue.put(one))
        else queue.put(one)
      }
    },
    counts: (): DeliveryCounts => ({ ...counts, waiting: waiting(), toRepeat: again.size() }),
    /** What was not sent never will be. */
    stop(): void {
      queue.stop()
      timers.stop()
    },
  }
}

/** What is to be sent as soon as may be. `settled` is called with what became of each attempt. */
function createQueue(settled: (attempt: Attempt, outcome: Outcome) => void) {
  const stopping = new AbortController()
  const { signal } = stopping
  const queue: Attempt[] = []
  let underWay = 0
  const send = (): void => {
    while (underWay < MAX_UNDER_WAY && !signal.aborted) {
      const attempt = queue.shift()
      if (attempt === undefined) return
      underWay++
      void post(attempt, signal).then((outcome) => {
        underWay--
        if (!signal.aborted) settled(attempt, outcome)
        send()
      })
    }
  }
  return {
    size: () => queue.length + underWay,
    put(attempt: Attempt): void {
      queue.push(attempt)
      send()
    },
    stop: () => stopping.abort(),
  }
}

/** What is to be sent again, by the site's clock. */
function createRepeats(
  clock: Pick<SandboxClock, 'now'>,
  timers: ReturnType<typeof createTimers>,
  send: (attempt: Attempt) => void,
) {
  let entries: { readonly dueMs: number; readonly attempt: Attempt }[] = []
  let isLooking = false
  const look = (): void => {
    isLooking = false
    const nowMs = clock.now()
    const due = entries.filter(({ dueMs }) => dueMs <= nowMs)
    entries = entries.filter(({ dueMs }) => dueMs > nowMs)
    for (const { attempt } of due) send(attempt)
    if (entries.length > 0) lookSoon()
  }
  const lookSoon = (): void => {
    if (!isLooking) timers.after(LOOK_MS, look)
    isLooking = true
  }
  return {
    size: () => entries.length,
    /** False where it was sent often enough. */
    add(attempt: Attempt): boolean {
      const minutes = RETRY_MINUTES[attempt.retry]
      if (minutes === undefined) return false
      entries.push({
        dueMs: clock.now() + minutes * 60_000,
        attempt: { ...attempt, retry: attempt.retry + 1 },
      })
      lookSoon()
      return true
    },
  }
}

/** Timers that end together. Times are real milliseconds. */
function createTimers() {
  const timers = new Set<NodeJS.Timeout>()
  let held = 0
  const after = (ms: number, then: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      then()
    }, ms)
    timers.add(timer)
  }
  return {
    after,
    /** As `after`, for something that waits to be sent. */
    hold(ms: number, then: () => void): void {
      held++
      after(ms, () => {
        held--
        then()
      })
    },
    held: () => held,
    stop(): void {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

type Outcome = 'accepted' | 'refused' | 'again'

async function post(attempt: Attempt, stopped: AbortSignal): Promise<Outcome> {
  try {
    const response = await fetch(attempt.url, {
      method: 'POST',
      headers: headersOf(attempt),
      body: attempt.body,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    if (response.ok) return 'accepted'
    return response.status >= 500 || RETRIED.includes(response.status) ? 'again' : 'refused'
  } catch {
    return 'again' // it did not answer, or in vain: nobody is there to be told
  }
}

function headersOf({ body, secret, identifier, retry, flow, isForged }: Attempt): Record<string, string> {
  return {
    'content-type': 'application/json; charset=UTF-8',
    'user-agent': 'Atlassian HttpClient unknown / JIRA-1001.0.0-SNAPSHOT',
    'x-atlassian-webhook-identifier': identifier,
    ...(retry > 0 && { 'x-atlassian-webhook-retry': String(retry) }),
    ...(flow !== null && { 'x-atlassian-webhook-flow': flow }),
    ...(secret !== null && { 'x-hub-signature': signature(isForged ? `not ${secret}` : secret, body) }),
  }
}

/** `sha256=` and the HMAC of the body, in hex, as Jira sends it. */
export function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

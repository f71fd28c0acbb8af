import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { backoffMs } from '../jira/retry.ts'
import { isGone } from '../leases/lease-owner.ts'
import { createWakeableSleep, limit, sleep } from '../runtime/async.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { ClaimedMessage, DueMessage, Sent } from '../store/alerts/outbox.ts'
import type { StoredOutput } from '../store/alerts/outputs.ts'
import type { OutputStore, StoreConnection } from '../store/store.ts'
import type { OutputSecrets } from './output-secrets.ts'
import { requestOf } from './requests.ts'
import { SEND_TIMEOUTS, type OutAnswer, type Sender } from './send.ts'

/** A message is one instance's for so long (ms of the store's clock): more than sending takes. */
const CLAIM_MS = 30_000
/** It leaves only while there is time enough left for its answer (real ms). */
const LEAVES_WITHIN_MS = CLAIM_MS - SEND_TIMEOUTS.callMs - 5_000
const AT_ONCE = 4
const GIVE_UP_MS = 86_400_000
const LONGEST_BACKOFF_MS = 300_000
/** What an output asks for is believed for so long at most. */
const LONGEST_ASKED_MS = 3_600_000
/** How soon an answer that could not be recorded is, again (real ms). */
const RECORD_AGAIN_MS = 1_000

export interface DeliveryParts {
  readonly store: OutputStore & Pick<StoreConnection, 'onCommit' | 'onHealth'>
  readonly siteId: string
  /** Names this process in claims. */
  readonly owner: string
  readonly secrets: Pick<OutputSecrets, 'find'>
  readonly sender: Sender
  /** The dashboard that is served from this workspace now; null where none is. */
  readonly dashboardUrl: () => string | null
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** In [0, 1). */
  readonly random?: () => number
}

/** What is sent, and to where. */
interface Sending {
  readonly due: DueMessage
  readonly output: StoredOutput
  readonly secret: string | null
}

/**
 * Sends what waits in the store for the outputs whose secret this instance has, until the signal's abort. Woken by a commit
 * that may have written something, by the time when a message is due, and at each full minute.
 */
export function startDelivery(parts: DeliveryParts, signal: AbortSignal): void {
  const { store, siteId, clock, log } = parts
  const sleeper = createWakeableSleep(clock)
  const atMost = limit(AT_ONCE)
  /** Those that are being sent, by the names of their rows. */
  const underWay = new Set<string>()

  const begin = (sending: Sending): void => {
    const { due } = sending
    const name = [due.outputId, due.alertId, due.transition].join(' ')
    if (underWay.has(name)) return
    underWay.add(name)
    void atMost(() => deliver(parts, sending, signal), signal)
      .catch((err: unknown) => signal.aborted || log.info({ err }, 'a message of an alert was not sent'))
      .finally(() => underWay.delete(name))
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      let waitMs = MS_PER_MINUTE - (clock.now() % MS_PER_MINUTE)
      // Why the store cannot be read is in its own status.
      const round = await look(parts, signal).catch((err: unknown) => {
        log.info({ err }, 'no look at the outbox')
        return null
      })
      for (const sending of round?.now ?? []) begin(sending)
      waitMs = Math.min(waitMs, round?.nextMs ?? waitMs)
      await sleeper.sleep(waitMs, signal).catch(() => {})
    }
  }
  const unsubscribe = [
    store.onCommit(siteId, ['alerts', 'outputs'], sleeper.wake),
    store.onHealth(sleeper.wake),
  ]
  signal.addEventListener('abort', () => unsubscribe.forEach((leave) => leave()), { once: true })
  void run()
}

/** What is to be sent now by this instance, and after how long there may be more (ms). */
async function look({ store, siteId, secrets }: DeliveryParts, signal: AbortSignal) {
  const waiting = new Set(await store.waitingOutputs(siteId))
  if (waiting.size === 0) return { now: [], nextMs: null }
  const held = new Map<string, Omit<Sending, 'due'>>()
  for (const output of await store.outputs(siteId)) {
    if (!waiting.has(output.id)) continue
    const { secret } = output.needsSecret ? await secrets.find(output, signal) : { secret: null }
    if (!output.needsSecret || secret !== null) held.set(output.id, { output, secret })
  }
  const messages = await store.dueMessages(siteId, [...held.keys()])
  const now: Sending[] = []
  const later: number[] = []
  for (const due of messages) {
    const claimedMs = due.claimedBy === null || isGone(due.claimedBy) ? 0 : (due.claimedForMs ?? 0)
    const waitMs = Math.max(due.dueInMs, claimedMs)
    const sending = held.get(due.outputId)
    if (waitMs > 0) later.push(waitMs)
    else if (sending !== undefined) now.push({ due, ...sending })
  }
  return { now, nextMs: later.length === 0 ? null : Math.min(...later) }
}

/** Claims a message, sends it, and records what came of it. Throws as the store. */
async function deliver(
  parts: DeliveryParts,
  { due, output, secret }: Sending,
  signal: AbortSignal,
): Promise<void> {
  const { store, siteId, owner, clock } = parts
  const gone = due.claimedBy !== null && isGone(due.claimedBy) ? [due.claimedBy] : []
  const beganMs = elapsedMs(clock)
  const claimed = await store.claimMessage(siteId, due, { owner, gone, ttlMs: CLAIM_MS })
  if (claimed === null) return
  // This machine may have slept since: then another instance may send it.
  const mayLeave = (): boolean => elapsedMs(clock) - beganMs < LEAVES_WITHIN_MS
  const sendable = { output, secret, claimed }
  const answer = await sendClaimed(parts, sendable, { mayLeave, signal })
  if (answer === null) return
  await record(parts, due, resultOf(parts, sendable, answer), signal)
}

interface Sendable extends Omit<Sending, 'due'> {
  readonly claimed: ClaimedMessage
}

async function sendClaimed(
  { sender, dashboardUrl, clock }: DeliveryParts,
  { output, secret, claimed }: Sendable,
  options: { readonly mayLeave: () => boolean; readonly signal: AbortSignal },
): Promise<OutAnswer | null> {
  try {
    const { message } = claimed
    const request = requestOf({
      output,
      secret,
      message,
      link: linkOf(dashboardUrl(), message),
      nowMs: clock.now(),
    })
    return await sender.send(request, { ...options, allowPrivate: output.allowPrivate })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { taken: false, answer: error.what, retryAfterMs: null }
  }
}

/** Opens the very span of a message in the dashboard; null where none is served. */
function linkOf(dashboardUrl: string | null, { address }: { readonly address: string }): string | null {
  return dashboardUrl === null ? null : `${dashboardUrl.replace(/\/$/, '')}/#${address}`
}

function resultOf(
  { owner, random = Math.random }: DeliveryParts,
  { output, claimed }: Sendable,
  answer: OutAnswer,
): Sent {
  const isAlertmanager = output.kind === 'alertmanager'
  const longestMs = isAlertmanager ? MS_PER_MINUTE : LONGEST_BACKOFF_MS
  const askedMs = answer.retryAfterMs === null ? null : Math.min(answer.retryAfterMs, LONGEST_ASKED_MS)
  return {
    owner,
    taken: answer.taken,
    answer: answer.answer,
    repeatMs: isAlertmanager ? MS_PER_MINUTE : null,
    againMs: Math.round(backoffMs(claimed.attempts, { askedMs, random: random(), longestMs })),
    giveUpMs: GIVE_UP_MS,
  }
}

/** An answer is recorded as soon as the store takes it: what is not recorded is sent again. Throws what no time mends. */
async function record(
  { store, siteId, clock, log }: DeliveryParts,
  due: DueMessage,
  sent: Sent,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      const isGivenUp = await store.recordSent(siteId, due, sent)
      if (isGivenUp)
        log.warn({ output: due.outputId, alert: due.alertId }, 'a message was given up after a day')
      return
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error
      if (!(await sleep(RECORD_AGAIN_MS, signal, clock))) return
    }
  }
}

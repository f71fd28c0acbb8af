import type { HooksStatus } from '../../contract/hooks.ts'

export interface HooksText {
  /** `missed`: it is not relied on that they tell all. `unproven`: not yet, or not again. */
  readonly tone: 'healthy' | 'behind' | 'unproven' | 'missed'
  /** In a few words: `Webhooks healthy`. */
  readonly short: string
  /** What it means, as sentences. */
  readonly text: string
  /** What to do; empty where there is nothing. */
  readonly hint: string
}

/** As many as are read at once: what waits for the next reading is no queue. */
const QUEUE = 50

/** Jira means to send one within this. */
const LATE_MS = 30_000

const AS_WITHOUT = 'Jira is asked as often as without them.'

/** How Jira's webhooks come, and what that means: the same words in the window, on the terminal and from the doctor. */
export function hooksText(hooks: HooksStatus): HooksText {
  const { state, received, unread, latenessMs } = hooks
  if (state === 'missing') return missedText(hooks)
  if (unread > QUEUE) {
    return {
      tone: 'behind',
      short: `Webhooks: ${unread} to read`,
      text: `${unread} webhooks came whose tickets are still to be read.`,
      hint: 'A server that fetches reads them in turn. Where they do not grow fewer, see whether one runs and what it says of Jira.',
    }
  }
  if (state === 'healthy') return healthyText(hooks)
  if (received === 0) {
    return {
      tone: 'unproven',
      short: 'No webhook yet',
      text: `Webhooks are taken, and none has come yet. ${AS_WITHOUT}`,
      hint: 'jira-tpm hooks check says whether one is registered; a change of any ticket, whether it comes.',
    }
  }
  const isLate = latenessMs !== null && latenessMs.p50 > LATE_MS
  return {
    tone: 'unproven',
    short: isLate ? 'Webhooks come late' : 'No webhook in time yet',
    text: isLate
      ? `Half of the webhooks come ${seconds(latenessMs.p50)} or more after the change of which they tell. ${AS_WITHOUT}`
      : `No webhook has come in time since they are taken, or since the last one was missed. ${AS_WITHOUT}`,
    hint: isLate
      ? 'Jira sends them late, or something on the way holds them back.'
      : 'The next one that comes within 30 s of its change ends that.',
  }
}

function healthyText({ untold, latenessMs }: HooksStatus): HooksText {
  const late = latenessMs === null ? '' : `, 95 of 100 within ${seconds(latenessMs.p95)} of it`
  const former = untold === 0 ? '' : ` Before, within the last day, ${changes(untold)} came without one.`
  return {
    tone: 'healthy',
    short: 'Webhooks healthy',
    text: `Jira’s webhooks tell of each change${late}; Jira is asked once a minute.${former}`,
    hint: '',
  }
}

function missedText({ untold }: HooksStatus): HooksText {
  if (untold === 0) {
    return {
      tone: 'missed',
      short: 'A webhook is late',
      text: `A fetch found a change of which no webhook has told yet. ${AS_WITHOUT}`,
      hint: 'It may still come: after a minute it counts as missed.',
    }
  }
  return {
    tone: 'missed',
    short: `Webhooks missed ${untold}`,
    text: `Fetches found ${changes(untold)} of which no webhook told, the last one within minutes. ${AS_WITHOUT}`,
    hint: 'jira-tpm hooks check says what is wrong with the webhook; Jira’s own queue may drop some, too.',
  }
}

function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`
}

/** `0.8 s`, `31 s`. */
function seconds(ms: number): string {
  return ms < 10_000 ? `${Math.max(0.1, ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`
}

import type { PauseReason, RunProgress } from '../../contract/runs/runs.ts'

/** Whether nothing but its store hinders a run: it goes on by itself when that is back. */
export function waitsForStore(run: RunProgress): boolean {
  return run.state === 'paused' && run.cause.code === 'store-away'
}

/** Whether a run paused by itself because its machine slept. */
export function hasSlept(run: RunProgress): boolean {
  return run.state === 'paused' && run.cause.code === 'slept'
}

/** The machine whose program works on a run; null where this one does, or nobody. */
export function workedOnBy(run: RunProgress): string | null {
  return run.state === 'running' ? run.by : null
}

/** Why a run does not go on, and what to do, as a person reads it; null while it goes on, and of one that is done. */
export function reasonText(run: RunProgress): string | null {
  const isHeld = run.state === 'paused' && run.cause.code in HELD
  return isHeld || run.state === 'broken' ? `${whyText(run)} Resume it to go on.` : whyText(run)
}

/** The same, without its end where that says to resume it. */
export function whyText(run: RunProgress): string | null {
  if (run.state === 'paused') return pauseText(run.cause, run.missed)
  if (run.state === 'broken') return 'The program that worked on it ended.'
  if (run.state === 'stopped') return 'It was stopped before its end.'
  return run.state === 'done' ? (run.error ?? null) : null
}

/** It waits for the store, whatever is wrong with that. */
export const WAITS_FOR_STORE = 'It waits for the store, and goes on by itself when that is back.'

const HELD = {
  requested: 'It was paused.',
  closing: 'It was paused.',
  'shared-slots': 'Another program has some of its slots in hand.',
}

function pauseText(cause: PauseReason, missed: number): string {
  if (cause.code === 'failed') return cause.error
  if (cause.code === 'store-away') return `${WAITS_FOR_STORE} ${cause.error}`
  if (cause.code !== 'slept') return HELD[cause.code]
  const slots = missed === 1 ? '1 ticket was' : `${missed} tickets were`
  return `The machine slept, or this program was held up, from ${clockText(cause.fromMs)} to ${clockText(cause.toMs)}. ${slots} missed. Resume it to catch up with them or to skip them.`
}

/** As a clock on the wall of this machine shows it. */
function clockText(machineMs: number): string {
  return new Date(machineMs).toTimeString().slice(0, 8)
}

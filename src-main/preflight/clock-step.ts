import { fine, warning, type Outcome } from '../runtime/steps.ts'

/** A `Date` header shows whole seconds; this much more than that is a clock that is wrong. */
const MAX_SKEW_MS = 30_000

/** How far Jira's clock is from the machine's. The sandbox's may be anywhere: it has run fast at times. */
export function checkClock(skewMs: number, isSandbox: boolean): Outcome<null> {
  const apart = Math.abs(skewMs)
  if (apart <= MAX_SKEW_MS) return fine("Jira's clock and this machine's agree.", null)
  const message = `Jira's clock is ${spanText(apart)} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's.`
  if (isSandbox) return fine(`${message} The sandbox keeps a clock of its own.`, null)
  const hint = "The chart shows Jira's times, not this machine's. Set this machine's clock by the network."
  return warning({ message, hint }, null)
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'

/** The address of what is shown. With a span it stays at those times, and else goes on with the clock where this one does. */
export function linkTo(address: string, pinned?: TimeSpan): string {
  const url = new URL(address)
  if (pinned === undefined) return url.href
  const state = new URLSearchParams(url.hash.slice(1))
  state.set('from', isoInstant(pinned.fromMs))
  state.set('to', isoInstant(pinned.toMs))
  url.hash = state.toString()
  return url.href
}

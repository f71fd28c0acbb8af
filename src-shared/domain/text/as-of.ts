import type { AsOf } from '../../contract/store.ts'
import { isoInstant } from '../minute.ts'
import { wallClockSecond } from '../zone-time.ts'
import { durationText } from './sentences.ts'

/** Whether something may be missing that was committed before it was asked for. */
export function isBehind({ asOf }: { readonly asOf?: AsOf | undefined }): boolean {
  return asOf !== undefined && asOf.behindMs > 0
}

/** Of when an answer is, and which server gave it, in a sentence or two. */
export function asOfText({ atMs, behindMs, server, notice }: AsOf, zone: string): string {
  const when = `As of ${wallClockSecond(atMs, zone)}`
  if (notice !== null) return `${when}. ${notice}`
  return behindMs === 0
    ? `${when}, read from the replica ${server}.`
    : `${when}: the replica ${server} is ${durationText(behindMs)} behind the primary.`
}

/** The same for a printed document, whose instants are in ISO 8601. */
export function asOfDocument(asOf: AsOf | null | undefined): object {
  if (!asOf) return {}
  const { atMs, ...rest } = asOf
  return { asOf: { at: isoInstant(atMs), ...rest } }
}

import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { EpochMs } from '../../src-shared/contract/models.ts'
import type { Span } from '../live/hour.ts'

/** Keeps the hour that a person chose over a reload of this window; null while the site's own hour is followed. */
export interface KeptHour {
  get(): Span | null
  set(hour: Span | null): void
}

const KEY = 'jira-tpm.hour'
const Kept = Type.Object({ fromMs: EpochMs, toMs: EpochMs })

export function createKeptHour(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): KeptHour {
  return {
    get() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(KEY) ?? 'null')
        return Check(Kept, kept) ? kept : null
      } catch {
        return null // text that some other program left under our key
      }
    },
    set(hour) {
      if (hour === null) storage.removeItem(KEY)
      else storage.setItem(KEY, JSON.stringify(hour))
    },
  }
}

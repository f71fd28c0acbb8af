import { randomUUID } from 'node:crypto'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import { nothingDone, type AppError } from '../../src-shared/errors/app-error.ts'
import type { EngineHandlers } from '../app/engine.ts'
import { checkedZone } from '../app/asked-span.ts'
import type { SiteTime } from '../runtime/clock.ts'
import { keptElsewhere } from '../store/errors.ts'
import type { StoredMark } from '../store/marks.ts'
import type { MarkStore } from '../store/store.ts'

interface MarkParts {
  readonly store: MarkStore
  readonly siteId: string
  /** Whose wall clock times of day are by, where a call names none. */
  readonly zone: string
  readonly time: Pick<SiteTime, 'now'>
  /** Whether the store stands in for the one that is set, which has the marks. */
  readonly isFallback: boolean
}

type Said = Params<'marks.add'>

const HOUR_MS = 3_600_000
/** A clock may be a little ahead of the site's. */
const AHEAD_MS = 60_000
/** The end of what is going on may lie ahead. */
const MAX_AHEAD_MS = 24 * HOUR_MS
const MAX_LENGTH_MS = 31 * 24 * HOUR_MS

/** Sets, changes and removes marks. */
export function createMarking({ store, siteId, zone, time, isFallback }: MarkParts) {
  const marked = async (said: Said, id: string): Promise<StoredMark & TimeMark> => {
    if (isFallback) throw keptElsewhere('Marks')
    const text = said.text.trim().normalize()
    if (text === '') throw nothingDone('usage', 'The mark has no text.', 'Type what happened: "deploy 5.17".')
    const kind = said.incident === true ? 'incident' : 'mark'
    return { id, kind, text, ...(await timesOf(said, { nowMs: time.now(), zone })), revision: randomUUID() }
  }
  return {
    'marks.add': async (said) => {
      const mark = await marked(said, randomUUID())
      await store.addMark(siteId, mark)
      return mark
    },
    'marks.change': async ({ id, seen, ...said }) => {
      const mark = await marked(said, id)
      await store.changeMark(siteId, mark, seen)
      return mark
    },
    'marks.remove': async ({ id, seen }) => {
      if (isFallback) throw keptElsewhere('Marks')
      return { removed: await store.removeMark(siteId, id, seen) }
    },
  } satisfies Partial<EngineHandlers>
}

/** Throws `usage` for what is no time that a mark may have. */
async function timesOf(
  said: Said,
  clock: { readonly nowMs: number; readonly zone: string },
): Promise<Pick<TimeMark, 'fromMs' | 'toMs'>> {
  const { readInstant } = await import('../../src-shared/domain/span.ts')
  const { nowMs } = clock
  const zoned = { nowMs, zone: checkedZone(said.zone ?? clock.zone) }
  const fromMs = said.at === undefined ? nowMs : readInstant(said.at, zoned)
  const toMs = said.to === undefined ? null : readInstant(said.to, zoned, fromMs)
  if (fromMs > nowMs + AHEAD_MS) throw wrongTime('The mark begins in the future.', 'Mark it when it happens.')
  if (toMs === null) return { fromMs, toMs: said.incident === true ? fromMs + HOUR_MS : null }
  if (toMs <= fromMs) throw wrongTime('The mark ends before it begins.', 'Give a later end, or none.')
  if (toMs > nowMs + MAX_AHEAD_MS)
    throw wrongTime('The mark ends more than a day from now.', 'Give an earlier end.')
  if (toMs - fromMs > MAX_LENGTH_MS)
    throw wrongTime('The mark is longer than 31 days.', 'Mark a shorter time, or its beginning alone.')
  return { fromMs, toMs }
}

function wrongTime(what: string, hint: string): AppError {
  return nothingDone('usage', what, hint)
}

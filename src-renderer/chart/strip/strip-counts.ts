import { useEffect, useMemo, useState } from 'react'
import type { TicketFilter } from '../../../src-shared/contract/fields.ts'
import type { CountsResult } from '../../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { bucketTotals } from '../../../src-shared/domain/series.ts'
import { isEverything } from '../../../src-shared/domain/ticket-filter.ts'
import { useDashboard, useWorkbench } from '../../app/workbench.ts'
import { onConnected } from '../../client/transport.ts'
import { INTERVALS } from '../../../src-shared/domain/interval.ts'
import { filterParams } from '../../live/dashboard-state.ts'
import { createRefresher } from '../../live/timers.ts'

/** Between two readings that nobody waits for: the chart above is what is live. */
const GAP_MS = 5_000
/** The same while a first fetch fills it. */
const FILLING_GAP_MS = 500

/**
 * The counts of the strip's range, and their totals by bar of `interval` minutes. Read anew when something in it changed,
 * quietly: until then, and where they cannot be read, those that were read before stay, if they are of the same range.
 */
export function useStripCounts(range: TimeSpan, interval: number) {
  const { dashboard, transport } = useWorkbench()
  const [read, setRead] = useState<{ readonly counts: CountsResult; readonly of: TicketFilter } | null>(null)
  const filter = useDashboard((state) => state.filter)
  const { fromMs, toMs } = range
  // What would have more bars is put together of the longest that are counted.
  const bucketMinutes = INTERVALS.findLast((minutes) => interval % minutes === 0) ?? 1
  useEffect(() => {
    const { client } = transport
    let wanted = true
    let isEmpty = true
    const refresher = createRefresher(
      async () => {
        const asked = { fromMs, toMs, bucketMinutes, ...filterParams({ filter }) }
        const counts = await client.call('counts.get', asked).catch(() => null)
        if (!wanted || counts === null) return
        // With a filter there may be none of them for long.
        isEmpty = isEverything(filter) && bucketTotals(counts).every((total) => total === 0)
        setRead({ counts, of: filter })
      },
      () => (isEmpty || Boolean(dashboard.store.get().sync?.progress) ? FILLING_GAP_MS : GAP_MS),
    )
    const isIn = (minute: number): boolean => minute >= fromMs / 60_000 && minute < toMs / 60_000
    const subscriptions = [
      client.on('counts.changed', ({ changes, reset }) => {
        if (reset || changes.some(({ minute }) => isIn(minute))) refresher.request()
      }),
      client.on('store.changed', ({ failure }) => {
        if (failure === null) refresher.request()
      }),
      onConnected(transport, () => refresher.request()),
    ]
    refresher.request(true)
    return () => {
      wanted = false
      for (const end of subscriptions) end()
      refresher.stop()
    }
  }, [transport, dashboard, fromMs, toMs, bucketMinutes, filter])

  const counts = read?.of === filter ? read.counts : null
  const isOfRange =
    counts !== null && counts.fromMinute === fromMs / 60_000 && counts.toMinute === toMs / 60_000
  const current = isOfRange && counts.bucketMinutes === bucketMinutes ? counts : null
  const totals = useMemo(
    () => (current === null ? [] : inGroups(bucketTotals(current), interval / bucketMinutes)),
    [current, interval, bucketMinutes],
  )
  return { counts: current, totals }
}

/** The sums of every `size` numbers, one after the other. */
function inGroups(numbers: readonly number[], size: number): number[] {
  const sums: number[] = []
  for (const [i, number] of numbers.entries()) {
    const at = Math.floor(i / size)
    sums[at] = (sums[at] ?? 0) + number
  }
  return sums
}

import { useEffect, useState } from 'react'
import type { Client } from '../../src-shared/contract/client.ts'
import {
  SPLIT_FIELDS,
  type FieldValues,
  type SplitField,
  type TicketFilter,
} from '../../src-shared/contract/fields.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { conditionsOf, filterOf, splitName } from '../../src-shared/domain/ticket-filter.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { onConnected } from '../client/transport.ts'
import { filterParams } from '../live/dashboard-state.ts'
import { createRefresher } from '../live/timers.ts'

/** Between two readings that nobody waits for: all fields of many tickets are a second's work. */
const GAP_MS = 5_000

interface ReadValues {
  readonly fields: readonly FieldValues[]
  /** Of which part and fields. */
  readonly of: string
  readonly filter: TicketFilter
}

/**
 * How many tickets of a part of the span have each value of some fields; of a field that the filter names, without that
 * condition, so that its other values can be chosen. Null until it is read; of another filter the numbers stay until the next
 * are there (`isBusy`).
 */
export function useFieldValues(
  part: TimeSpan,
  wanted: readonly SplitField[],
): { readonly fields: readonly FieldValues[] | null; readonly isBusy: boolean } {
  const { transport } = useWorkbench()
  const filter = useDashboard((state) => state.filter)
  const opened = useDashboard((state) => state.opened)
  const span = useDashboard((state) => state.span)
  const [read, setRead] = useState<ReadValues | null>(null)
  const { fromMs, toMs } = part
  // A span that moved on a bar is still the same: its numbers stay until the next are there.
  const of = JSON.stringify([opened, span, wanted])
  useEffect(() => {
    const { client } = transport
    let isWanted = true
    const refresher = createRefresher(async () => {
      const fields = await readFields(client, { fromMs, toMs }, filter, wanted).catch(() => null)
      if (isWanted && fields !== null) setRead({ fields, of, filter })
    }, GAP_MS)
    const leave = [
      client.on('counts.changed', () => {
        if (!document.hidden) refresher.request()
      }),
      onConnected(transport, () => refresher.request()),
    ]
    refresher.request(true)
    return () => {
      isWanted = false
      for (const end of leave) end()
      refresher.stop()
    }
  }, [transport, fromMs, toMs, filter, wanted, of])
  return { fields: read?.of === of ? read.fields : null, isBusy: read?.of !== of || read.filter !== filter }
}

async function readFields(
  client: Client,
  span: TimeSpan,
  filter: TicketFilter,
  wanted: readonly SplitField[],
): Promise<FieldValues[]> {
  const said = conditionsOf(filter)
  const named = wanted.filter((by) => said.some(({ field }) => field === splitName(by)))
  const [alike, ...others] = await Promise.all([
    // All of them at once, or each alone: whichever is less work.
    wanted.length === SPLIT_FIELDS.length
      ? client.call('counts.fields', { ...span, ...filterParams({ filter }) }).then(({ fields }) => fields)
      : Promise.all(
          wanted.filter((by) => !named.includes(by)).map((by) => readField(client, span, filter, by)),
        ),
    ...named.map((by) =>
      readField(client, span, filterOf(said.filter(({ field }) => field !== splitName(by))), by),
    ),
  ])
  return wanted.flatMap((by) => [...others, ...alike].find((values) => values.by === by) ?? [])
}

async function readField(
  client: Client,
  span: TimeSpan,
  filter: TicketFilter,
  by: SplitField,
): Promise<FieldValues> {
  try {
    const asked = { ...span, ...filterParams({ filter }), splitBy: by }
    const { split } = await client.call('counts.get', asked)
    return { by, parts: split?.parts ?? [], overlaps: split?.overlaps ?? false }
  } catch (error) {
    // Too many to be read one by one.
    if (!(error instanceof AppError) || error.code !== 'usage') throw error
    return { by, parts: null, overlaps: false }
  }
}

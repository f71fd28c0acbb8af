import type { ImportResult } from '../transfer/import-tickets.ts'
import { isoInstant } from './instants.ts'
import { tickets } from '../../src-shared/domain/ticket-count.ts'

/** What an import says in JSON. */
export function importDocument(source: string, dryRun: boolean, result: ImportResult): unknown {
  const { format, table, read, imported, unchanged, skipped, refused, counted, span } = result
  const { unit, bad, assumedZone, zone, unknownColumns } = result
  return {
    source,
    format,
    table,
    dryRun,
    read,
    imported,
    unchanged,
    skipped,
    refused,
    counted,
    from: span && isoInstant(span.firstMs),
    to: span && isoInstant(span.lastMs),
    assumedZone: assumedZone === 0 ? null : { zone, rows: assumedZone },
    unknownColumns,
    bad: bad.map(({ at, reason }) => ({ [unit]: at, reason })),
  }
}

/** The result in a sentence. */
export function importText(result: ImportResult, dryRun: boolean): string {
  const { imported, unchanged, read, skipped, counted, span } = result
  const from = result.table === null ? result.name : `${result.name} (table ${result.table})`
  const done = dryRun
    ? `${tickets(read - skipped)} can be imported from ${from}. This was a dry run: nothing was stored.`
    : `${tickets(imported)} imported from ${from}; ${unchanged} were there already.`
  if (span === null) return done
  const created = `They were created from ${isoInstant(span.firstMs)} to ${isoInstant(span.lastMs)}.`
  return `${done} ${created} The chart counts ${counted} of them.`
}

/** What is to be said beside it, a line each: nothing is left out in silence. */
export function importNotes(result: ImportResult): string[] {
  const { read, refused, skipped, bad, unit, assumedZone, zone, unknownColumns, name } = result
  const notes: string[] = []
  if (assumedZone > 0)
    notes.push(`${assumedZone} of ${read} rows name no zone with a date: taken as ${zone} (--zone).`)
  if (unknownColumns.length > 0)
    notes.push(`Not imported, since nothing is known of them: ${unknownColumns.join(', ')}.`)
  if (bad.length === 0) return notes
  notes.push(
    refused > 0
      ? `${refused} of ${read} rows of ${name} are no tickets. Nothing was imported.`
      : `${skipped} of ${read} rows of ${name} are no tickets, and were left out.`,
    ...bad.map(({ at, reason }) => `  ${unit} ${at}: ${reason}`),
  )
  const more = refused + skipped - bad.length
  if (more > 0) notes.push(`  and ${more} more`)
  if (refused > 0) notes.push('Correct them, or import the others with --skip-bad.')
  return notes
}

import { tickets } from '../../src-shared/domain/sentences.ts'
import type { ImportResult } from './import-tickets.ts'

/** What each host says in its own way. */
export interface ImportTerms {
  /** When the tickets were created (epoch ms), after "They were created". */
  readonly period: (span: NonNullable<ImportResult['span']>) => string
  /** How another zone is given. */
  readonly otherZone: string
  /** What to do where nothing was imported, since some rows are no tickets. */
  readonly afterRefusal: string
}

/** The result in a sentence. */
export function importText(
  result: ImportResult,
  dryRun: boolean,
  { period }: Pick<ImportTerms, 'period'>,
): string {
  const { imported, unchanged, repeated, read, skipped, counted, span } = result
  const from = result.table === null ? result.name : `${result.name} (table ${result.table})`
  const done = dryRun
    ? `${tickets(read - skipped - repeated)} can be imported from ${from}. This was a dry run: nothing was stored.`
    : `${tickets(imported)} imported from ${from}; ${unchanged} were there already.`
  if (span === null) return done
  return `${done} They were created ${period(span)}. The chart counts ${counted} of them.`
}

/** The most ids that a sentence names. */
const MAX_IDS = 5

/** What is to be said beside it, a line each: nothing is left out in silence. */
export function importNotes(result: ImportResult, { otherZone, afterRefusal }: ImportTerms): string[] {
  const { read, refused, skipped, bad, unit, assumedZone, zone, unknownColumns, name } = result
  const { repeated, repeatedIds } = result
  const notes: string[] = []
  if (assumedZone > 0)
    notes.push(`${assumedZone} of ${read} rows name no zone with a date: taken as ${zone} (${otherZone}).`)
  if (unknownColumns.length > 0)
    notes.push(`Not imported, since nothing is known of them: ${unknownColumns.join(', ')}.`)
  if (repeated > 0) {
    const which = repeatedIds.length < MAX_IDS ? repeatedIds : [...repeatedIds.slice(0, MAX_IDS), '…']
    const rows = repeated === 1 ? '1 row has an id' : `${repeated} rows have ids`
    notes.push(
      `${rows} that a later row of ${name} has, too: the last one of each holds (${which.join(', ')}).`,
    )
  }
  if (bad.length === 0) return notes
  notes.push(
    refused > 0
      ? `${refused} of ${read} rows of ${name} are no tickets. Nothing was imported.`
      : `${skipped} of ${read} rows of ${name} are no tickets, and were left out.`,
    ...bad.map(({ at, reason }) => `  ${unit} ${at}: ${reason}`),
  )
  const more = refused + skipped - bad.length
  if (more > 0) notes.push(`  and ${more} more`)
  if (refused > 0) notes.push(afterRefusal)
  return notes
}

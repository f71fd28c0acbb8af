import { tickets } from '../../src-shared/domain/text/sentences.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { CountsScope, TicketStore } from '../store/store.ts'
import type { OpenSource } from './import-source.ts'
import { readTickets, type ImportedTicket, type Reading } from './imported-ticket.ts'
import type { ImportFormat } from './look-at-file.ts'
import { damaged, isBad, type BadRow } from './source-row.ts'
import { storePages, type StoredCounts } from './store-pages.ts'

export interface ImportProgress {
  /** First all rows are read, then, where each is good, they are stored. */
  readonly phase: 'checking' | 'storing'
  readonly rows: number
  /** Null while it is not known. */
  readonly total: number | null
}

export interface ImportResult {
  /** `table`: from a database. */
  readonly format: ImportFormat | 'table'
  readonly name: string
  /** Which table it was: of a dump or a database. */
  readonly table: string | null
  readonly read: number
  /** Tickets that were not there before, or have changed. */
  readonly imported: number
  readonly unchanged: number
  /** Rows whose id a later one has, too: the last of them holds. */
  readonly repeated: number
  /** The first of those ids. */
  readonly repeatedIds: readonly string[]
  /** Rows that are no tickets, and were left out. */
  readonly skipped: number
  /** Rows that are no tickets, for which nothing was stored at all. */
  readonly refused: number
  /** The first of the rows that are no tickets. */
  readonly bad: readonly BadRow[]
  readonly unit: OpenSource['unit']
  /** Of the tickets, those that the chart counts: of a watched priority, in the project that is shown, not left. */
  readonly counted: number
  /** From the first creation to the last (epoch ms); null where there is no ticket. */
  readonly span: { readonly firstMs: number; readonly lastMs: number } | null
  /** How many rows named no zone with a time, and were taken for `zone`. */
  readonly assumedZone: number
  readonly zone: string
  readonly unknownColumns: readonly string[]
}

export interface ImportParts {
  readonly store: Pick<TicketStore, 'applyPage' | 'epoch'>
  readonly siteId: string
  readonly scope: CountsScope
  readonly time: Pick<SiteTime, 'now'>
  readonly reading: Reading
  /** Leaves rows out that are no tickets, instead of storing nothing. */
  readonly skipBad: boolean
  /** Only reads. */
  readonly dryRun: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImportProgress) => void
}

/** The most ids that a sentence names. */
const MAX_IDS = 5
const PLAIN_NUMBER = /^[1-9]\d{0,14}$/

/**
 * Stores the tickets of a source. All rows are read before the first is stored: where one of them is no ticket, nothing
 * is stored, unless such are to be skipped. Importing the same again changes nothing. Throws as the source and the store
 * do, then saying how many rows are stored; the rest comes with importing again.
 */
export async function importTickets(source: OpenSource, parts: ImportParts): Promise<ImportResult> {
  const { lastAt, badRows, ...checked } = await check(source, parts)
  const isRefused = badRows > 0 && !parts.skipBad
  const stored =
    isRefused || parts.dryRun
      ? NOTHING_STORED
      : await storePages(goodTickets(source, parts, lastAt), checked.read - badRows - checked.repeated, parts)
  return {
    format: source.format,
    name: source.name,
    ...source.found(),
    unit: source.unit,
    ...stored,
    ...checked,
    repeatedIds: [...lastAt.keys()].slice(0, MAX_SHOWN_ROWS),
    skipped: isRefused ? 0 : badRows,
    refused: isRefused ? badRows : 0,
    zone: parts.reading.zone,
  }
}

const NOTHING_STORED: StoredCounts = { imported: 0, unchanged: 0 }

/** As many as a person reads. */
const MAX_SHOWN_ROWS = 20

/** How often its progress is reported. */
const PROGRESS_ROWS = 1_000

/** Which row, counted from 1, holds of each id that several have. */
type LastAt = ReadonlyMap<string, number>

type Sums = Pick<ImportResult, 'read' | 'repeated' | 'bad' | 'counted' | 'assumedZone' | 'span'>

type CheckedRows = { -readonly [K in keyof Sums]: Sums[K] } & {
  lastAt: LastAt
  badRows: number
  bad: BadRow[]
}

/** Where several rows have one id, all is read again: which of them holds is known at the end. */
async function check(source: OpenSource, parts: ImportParts): Promise<CheckedRows> {
  const lastAt = new Map<string, number>()
  const checked = await checkRows(source, parts, lastAt)
  return lastAt.size === 0 ? checked : checkRows(source, parts, lastAt)
}

/** `lastAt`: empty at first, and filled; then what does not hold of it is left out. */
async function checkRows(
  source: OpenSource,
  parts: ImportParts,
  lastAt: Map<string, number>,
): Promise<CheckedRows> {
  const { scope, signal, onProgress } = parts
  const sum: CheckedRows = {
    lastAt,
    repeated: 0,
    read: 0,
    badRows: 0,
    bad: [],
    counted: 0,
    assumedZone: 0,
    span: null,
  }
  const seen = lastAt.size === 0 ? new Set<string | number>() : null
  for await (const row of readTickets(source.rows(), parts.reading)) {
    sum.read += 1
    if (isBad(row)) {
      sum.badRows += 1
      if (sum.bad.length < MAX_SHOWN_ROWS) sum.bad.push(row)
    } else if (seen === null && !holds(row, sum.read, lastAt)) sum.repeated += 1
    else {
      const { id } = row.ticket
      // Those of Jira are numbers, which take less memory.
      const key = PLAIN_NUMBER.test(id) ? Number(id) : id
      if (seen?.has(key) === true) lastAt.set(id, sum.read)
      seen?.add(key)
      add(sum, row, scope)
    }
    if (sum.read % PROGRESS_ROWS !== 0) continue
    signal.throwIfAborted()
    onProgress({ phase: 'checking', rows: sum.read, total: null })
  }
  return sum
}

function add(sum: CheckedRows, { ticket, left, assumesZone }: ImportedTicket, scope: CountsScope): void {
  const { createdMs, projectKey, priorityId } = ticket
  const isShown = scope.projectKey === null || scope.projectKey === projectKey
  if (isShown && left === null && scope.priorityIds.includes(priorityId)) sum.counted += 1
  if (assumesZone) sum.assumedZone += 1
  sum.span = {
    firstMs: Math.min(createdMs, sum.span?.firstMs ?? createdMs),
    lastMs: Math.max(createdMs, sum.span?.lastMs ?? createdMs),
  }
}

function holds({ ticket }: ImportedTicket, row: number, lastAt: LastAt): boolean {
  return (lastAt.get(ticket.id) ?? row) === row
}

async function* goodTickets(
  source: OpenSource,
  parts: ImportParts,
  lastAt: LastAt,
): AsyncGenerator<ImportedTicket> {
  let read = 0
  for await (const row of readTickets(source.rows(), parts.reading)) {
    read += 1
    if (!isBad(row)) {
      if (holds(row, read, lastAt)) yield row
    } else if (!parts.skipBad) {
      throw damaged(source.name, 'was changed while it was read', 'Import it again when it is left alone.')
    }
  }
}

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

/** What is to be said with it, a line each: nothing is left out in silence. */
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

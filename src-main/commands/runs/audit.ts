import type { Client } from '../../../src-shared/contract/client.ts'
import type { AuditMinute, AuditResult } from '../../../src-shared/contract/runs/audit.ts'
import { auditVerdict, isToCome, numbersAgree } from '../../../src-shared/domain/audit-verdict.ts'
import { isoInstant, minuteOf, startOfMinute, type Minute } from '../../../src-shared/domain/minute.ts'
import { asOfDocument, asOfText } from '../../../src-shared/domain/text/as-of.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { textWidth } from '../../print/text-width.ts'
import { wallMinute } from '../../print/wall-clock.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT } from '../cli/io.ts'
import { given, pick } from '../cli/options.ts'
import { askedSpan, isSpanAsked, type SpanNow } from '../cli/times.ts'
import type { AUDIT } from '../ticket-commands.ts'

/** How many differences are printed for a person; `--json` has all that the audit lists. */
const MAX_LISTED = 20

const BY_MINUTE =
  'Minute by minute; planned and created in the minute of the plan, the others in that in which Jira created the ticket:'

export async function auditCommand(call: CommandCall<'core', typeof AUDIT>): Promise<void> {
  const { io, options, open, print, exitWith } = call
  const config = call.config()
  const zone = options.zone ?? config.zone
  const asked = await askedSpan(options, zone)
  const isSpan = isSpanAsked(options)
  if (isSpan && options.run !== undefined) throw runAndSpan()
  await open(config, async ({ client }) => {
    const result = isSpan
      ? await auditSpan(client, asked)
      : await client.call('audit.run', given({ runId: options.run }))
    const columns = io.stdoutIsTTY ? io.columns : null
    const text = auditText(result, { zone, minutes: options.minutes === true, columns })
    print(auditDocument(result), text)
    if (!result.ok) exitWith(EXIT.auditMismatch)
  })
}

async function auditSpan(client: Client, asked: SpanNow): Promise<AuditResult> {
  const { fromMs, toMs } = await asked(client)
  return client.call('audit.span', { fromMs, toMs })
}

function runAndSpan(): AppError {
  return new AppError('usage', 'An audit is of a run or of a span, not of both.', {
    consequence: 'Nothing was audited.',
    hint: 'Give --run, or --from and --to.',
  })
}

/** What `audit --json` prints: everything that was found. */
export function auditDocument(audit: AuditResult): Record<string, unknown> {
  return {
    ...pick(audit, 'run', 'planned', 'created', 'watched', 'indexed', 'fetched', 'charted'),
    missing: audit.missing.map(withInstant),
    moreMissing: audit.moreMissing,
    extra: audit.extra.map(withInstant),
    ...pick(audit, 'moreExtra', 'kinds', 'ok'),
    verdict: pick(auditVerdict(audit), 'kind', 'sentence'),
    from: isoInstant(audit.fromMs),
    to: isoInstant(audit.toMs),
    ...pick(audit, 'others', 'lateness'),
    ...asOfDocument(audit.asOf),
    minutes: audit.minutes.map(withInstant),
  }
}

function withInstant<T extends { readonly minute: Minute }>(of: T) {
  return { ...of, minute: isoInstant(startOfMinute(of.minute)) }
}

/**
 * An audit for a person: what it means, the numbers in the order in which tickets pass, and each difference. `minutes`:
 * the numbers minute by minute, too. `columns`: of the terminal; null where the width does not matter.
 */
export function auditText(
  audit: AuditResult,
  {
    zone = 'UTC',
    minutes = false,
    columns = null,
  }: { readonly zone?: string; readonly minutes?: boolean; readonly columns?: number | null } = {},
): string {
  const when = clockOf(audit, zone)
  const blocks = [
    [auditVerdict(audit).sentence],
    [titleOf(audit, zone), ...indented(numberLines(audit, columns))],
    latenessLines(audit),
    differenceLines(audit, when),
    minutes ? minuteLines(audit, when) : [],
    audit.asOf === undefined ? [] : [asOfText(audit.asOf, zone)],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

type Clock = (minute: Minute) => string

/** Minutes as clocks of the zone show them, with the day where the span has several. */
function clockOf({ fromMs, toMs }: AuditResult, zone: string): Clock {
  const first = wallMinute(minuteOf(fromMs), zone)
  const last = wallMinute(Math.max(minuteOf(fromMs), minuteOf(toMs) - 1), zone)
  return (minute) => {
    const { shortDay, dayNumber, clock } = wallMinute(minute, zone)
    const isPlain = first.dayNumber === last.dayNumber && dayNumber === first.dayNumber
    return isPlain ? clock : `${shortDay} ${clock}`
  }
}

function titleOf({ run, fromMs, toMs }: AuditResult, zone: string): string {
  const from = wallMinute(minuteOf(fromMs), zone)
  const to = wallMinute(minuteOf(toMs), zone)
  const until = to.dayNumber === from.dayNumber ? to.clock : `${to.day}, ${to.clock}`
  const what = run === null ? 'All that is watched' : `Run ${run}`
  return `${what}, ${from.day}, ${from.clock} to ${until} (${zone})`
}

type Numbers = Omit<AuditMinute, 'minute'>

/** The six words; others' tickets only where there are any. */
function numberColumns({ others }: Pick<AuditResult, 'others'>): TableColumn<Numbers>[] {
  const column = (title: keyof Numbers): TableColumn<Numbers> => ({
    title,
    right: true,
    of: (row) => String(row[title]),
  })
  return [
    column('planned'),
    column('created'),
    column('watched'),
    ...(others === 0 ? [] : [column('others')]),
    column('indexed'),
    column('fetched'),
    column('charted'),
  ]
}

/** The numbers side by side, or below each other where the terminal is too narrow for that. */
function numberLines(audit: AuditResult, columns: number | null): readonly string[] {
  const words = numberColumns(audit)
  const { lines } = textTable([audit], words, null)
  if (columns === null || indented(lines).every((line) => textWidth(line) <= columns)) return lines
  const below: TableColumn<TableColumn<Numbers>>[] = [
    { title: '', of: ({ title }) => title },
    { title: '', right: true, of: (word) => word.of(audit) },
  ]
  return textTable(words, below, null).lines.slice(1)
}

function latenessLines({ lateness }: AuditResult): string[] {
  if (lateness === null) return []
  const { p50Ms, p95Ms, maxMs } = lateness
  return [
    `Lateness: half were sent within ${millis(p50Ms)}, 95 of 100 within ${millis(p95Ms)}, the latest after ${millis(maxMs)}.`,
  ]
}

function millis(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`
}

type Difference = AuditResult['missing'][number] | AuditResult['extra'][number]

function differenceLines(audit: AuditResult, when: Clock): string[] {
  const missing = audit.missing.filter((each) => !isToCome(each))
  const all: readonly Difference[] = [...missing, ...audit.extra]
  if (all.length === 0) return []
  const columns: TableColumn<Difference>[] = [
    { title: 'minute', of: ({ minute }) => when(minute) },
    { title: 'ticket', of: ({ key }) => key ?? '—' },
    { title: 'slot', of: (difference) => slotText(difference, audit) },
    { title: 'what became of it', of: ({ reason }) => reason },
  ]
  const { lines } = textTable(all.slice(0, MAX_LISTED), columns, null)
  const found = audit.kinds.filter((each) => !isToCome(each)).reduce((sum, { count }) => sum + count, 0)
  const note = moreNote(all.length, Math.max(0, found - all.length))
  return [
    all.length + note.length === 1 ? 'The difference:' : 'The differences:',
    ...indented([...lines, ...note]),
  ]
}

/** `listed` are in the audit's lists, `unlisted` are only counted. */
function moreNote(listed: number, unlisted: number): string[] {
  const more = Math.max(0, listed - MAX_LISTED) + unlisted
  if (more === 0) return []
  const lists = unlisted === 0 ? 'has all of them' : `lists the first ${listed.toLocaleString('en')}`
  return [`… and ${more.toLocaleString('en')} more: --json ${lists}.`]
}

/** In an audit of a span with the run that the slot is of. */
function slotText(difference: Difference, audit: AuditResult): string {
  if (!('slot' in difference) || difference.slot === null) return ''
  const { run, slot } = difference
  return audit.run === null ? `${run ?? ''}/${slot}` : String(slot)
}

interface Stretch extends Numbers {
  readonly from: Minute
  readonly to: Minute
  readonly differs: boolean
}

function minuteLines(audit: AuditResult, when: Clock): string[] {
  const columns: TableColumn<Stretch>[] = [
    { title: '', of: ({ differs }) => (differs ? '!' : '') },
    { title: 'minute', of: ({ from, to }) => (from === to ? when(from) : `${when(from)} to ${when(to)}`) },
    ...numberColumns(audit),
  ]
  const { lines } = textTable(stretches(audit), columns, null)
  const marked = audit.ok ? [] : ['A minute with a difference has a ! before it.']
  return [BY_MINUTE, ...lines.map((line) => ` ${line}`), ...marked]
}

/** Each minute; those that follow each other with nothing in them together. */
function stretches({ minutes, missing, extra }: AuditResult): Stretch[] {
  const amiss = new Set([...missing, ...extra].map(({ minute }) => minute))
  const joined: Stretch[] = []
  for (const { minute, ...numbers } of minutes) {
    const differs = amiss.has(minute) || !numbersAgree(numbers)
    const last = joined.at(-1)
    if (last !== undefined && isEmpty(last) && isEmpty({ ...numbers, differs })) {
      joined[joined.length - 1] = { ...last, to: minute }
    } else joined.push({ ...numbers, from: minute, to: minute, differs })
  }
  return joined
}

function isEmpty({ differs, ...numbers }: Numbers & { differs: boolean }): boolean {
  const { planned, watched, others, indexed, fetched, charted } = numbers
  return !differs && planned + watched + others + indexed + fetched + charted === 0
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

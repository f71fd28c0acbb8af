import { FIELD_NAMES, differsSentence, peopleSentence, percent } from '../usual/differs-text.ts'
import { gapsText } from '../known-spans.ts'
import { isoInstant, startOfMinute } from '../minute.ts'
import { sendingTexts } from '../usual/sending-text.ts'
import { bucketSpans, bucketTotals } from '../series.ts'
import { markText } from '../time-marks.ts'
import { wallClock } from '../zone-time.ts'
import { asOfText } from '../text/as-of.ts'
import type { ReportParts } from './read-report.ts'

/** A report of a span that can be read by itself. `audit` is an audit's sentence, where one was made. */
export function reportMarkdown(parts: ReportParts, audit: string | null = null): string {
  const { session, zone, nowMs, counts, alerts, marks } = parts
  const [from, to] = [startOfMinute(counts.fromMinute), startOfMinute(counts.toMinute)]
  const at = (ms: number): string => wallClock(ms, zone)
  const watched = session.watched.map(({ name }) => text(name)).join(' and ')
  const place = [session.site.label, ...(session.projectKey === null ? [] : [session.projectKey])].map(text)
  return (
    [
      `# Tickets from ${at(from)} to ${at(to)}`,
      `${place.join(', ')}: ${watched}. Times are in ${zone}; as of ${at(nowMs)}, by Jira TPM ${session.version}.`,
      ...(counts.asOf === undefined ? [] : [`Of the store: ${text(asOfText(counts.asOf, zone))}`]),
      list(summaryOf(parts)),
      ...byField(parts),
      ...differing(parts),
      ...section(
        'Marks',
        marks.map(
          (mark) =>
            `${at(mark.fromMs)}${mark.toMs === null ? '' : ` to ${at(mark.toMs)}`}: ${text(markText(mark))}`,
        ),
      ),
      ...section(
        'Alerts',
        alerts.length === 0 ? ['None.'] : alerts.flatMap((alert) => alertLines(alert, at)),
      ),
      '## Audit',
      audit === null
        ? `Not made. \`jira-tpm audit --from ${isoInstant(from)} --to ${isoInstant(to)}\` proves that no ticket is missing or too many.`
        : text(audit),
    ].join('\n\n') + '\n'
  )
}

/** The figures: total, onset, peak, people, and what is not known. */
function summaryOf({ counts, usual, gaps, differs, zone, nowMs }: ReportParts): string[] {
  const totals = bucketTotals(counts)
  const spans = bucketSpans(counts)
  const total = sum(totals)
  const peak = totals.indexOf(Math.max(0, ...totals))
  const onset = onsetOf(totals, usual, Math.max(1, Math.round(ONSET_MINUTES / counts.bucketMinutes)))
  const at = (ms: number): string => wallClock(ms, zone)
  const mean = sum(usual.mean)
  const isLearning = usual.mean.length === 0
  const against = isLearning
    ? '; what is usual is still being learned'
    : `; usual ${mean.toFixed(1)}${mean > 0 ? ` (×${(total / mean).toFixed(1)})` : ''}`
  const per = counts.bucketMinutes === 1 ? 'a minute' : `${counts.bucketMinutes} minutes`
  const missing = gapsText(gaps, { fromMs: spans[0]?.fromMs ?? 0, toMs: nowMs }, at)
  return [
    `**Total**: ${missing === '' ? '' : 'at least '}${total}${against}`,
    `**Onset**: ${onset === -1 ? (isLearning ? 'not known' : 'no bar was unusual') : at(spans[onset]?.fromMs ?? 0)}`,
    `**Peak**: ${total === 0 ? 'none' : `${totals[peak]} in ${per}, at ${at(spans[peak]?.fromMs ?? 0)}`}`,
    ...(differs === null || differs.people === null ? [] : [`**People**: ${peopleSentence(differs)}`]),
    ...(missing === '' ? [] : [`**Missing**: ${missing}`]),
  ]
}

/** So far before the peak a storm may have begun. */
const ONSET_MINUTES = 60

/**
 * The bar with which the storm of the highest bar began: the start that makes the stretch up to it least likely by chance,
 * among the `most` bars up to it; -1 where the highest bar is not unusual.
 */
export function onsetOf(
  totals: readonly number[],
  { mean, unusualFrom }: { readonly mean: readonly number[]; readonly unusualFrom: readonly number[] },
  most: number,
): number {
  const peak = totals.indexOf(Math.max(0, ...totals))
  if ((totals[peak] ?? 0) < (unusualFrom[peak] ?? Infinity)) return -1
  let [onset, best, tickets, usual] = [peak, -Infinity, 0, 0]
  for (let start = peak; start > peak - most && start >= 0; start--) {
    tickets += totals[start] ?? 0
    usual += mean[start] ?? 0
    const excess = usual > 0 && tickets > usual ? tickets * Math.log(tickets / usual) - (tickets - usual) : 0
    if (excess >= best) [onset, best] = [start, excess]
  }
  return onset
}

const SHOWN = ['project', 'issueType'] as const
const KINDS = { value: '', other: 'others', none: 'none', unknown: 'not known', people: 'people' } as const

function byField({ fields }: ReportParts): string[] {
  return SHOWN.flatMap((by) => {
    const parts = fields.find((field) => field.by === by)?.parts ?? []
    const rows = parts.map(({ kind, value, total }) => [text(value ?? KINDS[kind]), String(total)])
    return rows.length === 0 ? [] : [`## By ${FIELD_NAMES[by]}`, table([FIELD_NAMES[by], 'tickets'], rows)]
  })
}

function differing({ differs }: ReportParts): string[] {
  if (differs === null) return []
  const rows = differs.parts.map(({ by, value, tickets, share, usualShare }) => [
    `${FIELD_NAMES[by]} ${text(value)}`,
    String(tickets),
    percent(share),
    percent(usualShare),
  ])
  return [
    '## What differs',
    differsSentence(differs),
    ...(rows.length === 0 ? [] : [table(['value', 'tickets', 'share', 'usual'], rows)]),
  ]
}

function alertLines({ peak, transitions }: ReportParts['alerts'][number], at: (ms: number) => string) {
  return transitions.map((transition) => {
    const { kind, atMs, message } = transition
    const sendings = sendingTexts(transition, at).map((line) => `\n  - ${text(line)}`)
    return `${at(atMs)}, ${kind}: ${text(message.title)} (peak ${peak})${sendings.join('')}`
  })
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, list(lines)]
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** A text that others wrote, as no markup. */
function text(written: string): string {
  return written.replaceAll(/[\\`*_[\]<>|#~&]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

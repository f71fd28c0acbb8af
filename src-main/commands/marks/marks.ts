import type { TimeMark } from '../../../src-shared/contract/marks.ts'
import { END_OF_TIME_MS } from '../../../src-shared/domain/known-spans.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import type { ReadClient } from '../../app/stored.ts'
import { textTable } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { given } from '../cli/options.ts'
import { askedSpan, isSpanAsked } from '../cli/times.ts'
import type { LIST_MARKS, MARK, REMOVE_MARK } from '../mark-commands.ts'

/** Marks a moment or a span of time. */
export async function setMark(call: CommandCall<'primary-store', typeof MARK>): Promise<void> {
  const { text, at, to, zone, incident } = call.options
  const config = call.config()
  await call.open(config, async ({ client }) => {
    const mark = await client.call('marks.add', { text, ...given({ at, to, zone, incident }) })
    const kind = mark.kind === 'incident' ? 'incident' : 'mark'
    const done = `Set the ${kind} “${mark.text}”, ${timesText(mark, zone ?? config.zone)}; its id is ${mark.id}.`
    call.print(markDocument(mark), done)
  })
}

/** The marks of a span, the oldest first. */
export async function listMarks(call: CommandCall<'store', typeof LIST_MARKS>): Promise<void> {
  const { options, io } = call
  const config = call.config()
  const asked = await askedSpan(isSpanAsked(options) ? options : { ...options, from: 'now-7d' }, config.zone)
  await call.open(config, async ({ client }) => {
    const { fromMs, toMs, zone } = await asked(client)
    const { marks, more } = await client.call('marks.list', { fromMs, toMs })
    const document = { from: isoInstant(fromMs), to: isoInstant(toMs), marks: marks.map(markDocument), more }
    const { lines } = textTable(
      marks,
      [
        { title: 'time', of: (mark) => timesText(mark, zone) },
        { title: 'kind', of: ({ kind }) => kind },
        { title: 'mark', of: ({ text }) => text },
        { title: 'id', of: ({ id, revision }) => (revision === null ? '' : id) },
      ],
      io.stdoutIsTTY ? io.columns : null,
    )
    const span = `from ${wallTime(fromMs, zone)} to ${wallTime(toMs, zone)}`
    const rest = more ? ['There are older ones: narrow the span.'] : []
    call.print(document, marks.length === 0 ? `No mark ${span}.` : [...lines, ...rest].join('\n'))
  })
}

/** Removes a mark as it is now. */
export async function removeMark(call: CommandCall<'primary-store', typeof REMOVE_MARK>): Promise<void> {
  const { id } = call.options
  await call.open(call.config(), async ({ client }) => {
    const mark = await findMark(client, id)
    if (mark === undefined)
      throw nothingDone('not-found', `There is no mark ${id}.`, 'jira-tpm marks lists them.')
    if (mark.revision === null)
      throw nothingDone('usage', `“${mark.text}” marked itself.`, 'Only what people set can be removed.')
    const { removed } = await client.call('marks.remove', { id, seen: mark.revision })
    call.print({ removed }, `Removed the mark “${mark.text}”.`)
  })
}

/** Page by page, the newest first. */
async function findMark(client: ReadClient, id: string): Promise<TimeMark | undefined> {
  for (let toMs = END_OF_TIME_MS; ;) {
    const { marks, more } = await client.call('marks.list', { fromMs: 0, toMs })
    const found = marks.find((mark) => mark.id === id)
    const nextMs = marks[0]?.fromMs ?? 0
    if (found !== undefined || !more || nextMs >= toMs) return found
    toMs = nextMs
  }
}

function timesText({ fromMs, toMs }: TimeMark, zone: string): string {
  return [fromMs, ...(toMs === null ? [] : [toMs])].map((ms) => wallTime(ms, zone)).join(' – ')
}

function markDocument({ id, kind, text, fromMs, toMs, revision }: TimeMark): unknown {
  const to = toMs === null ? null : isoInstant(toMs)
  return { id, kind, text, from: isoInstant(fromMs), to, automatic: revision === null }
}

import path from 'node:path'
import type { AsOf } from '../../../src-shared/contract/store.ts'
import { asOfDocument, asOfText } from '../../../src-shared/domain/text/as-of.ts'
import { nothingExported } from '../../../src-shared/errors/app-error.ts'
import { formatOf } from '../../transfer/ticket-lines.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { say, untilReaderGone } from '../cli/io.ts'
import { fieldParams } from '../cli/field-flags.ts'
import { createTally } from '../cli/progress.ts'
import { askedSpan, isSpanAsked } from '../cli/times.ts'
import type { EXPORT } from '../ticket-commands.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'

const EVER = { fromMs: null, toMs: null }

export async function exportTickets(call: CommandCall<'primary-store', typeof EXPORT>): Promise<void> {
  const { io, options, open, print } = call
  const { file } = options
  const isStdout = file === undefined || file === '-'
  if (isStdout && options.json === true) {
    throw nothingExported(
      'usage',
      '--json needs a file: on stdout there are the tickets.',
      'For tickets in JSON say --format jsonl.',
    )
  }
  const format =
    options.format ?? (isStdout ? 'csv' : formatOf(file, ', or say --format csv or --format jsonl'))
  const config = call.config()
  const asked = await askedSpan(options, config.zone)
  const target = isStdout ? { stream: io.stdout } : { file: path.resolve(io.cwd, file) }
  const signal = isStdout ? untilReaderGone(io) : io.signal
  await open(config, async (stored) => {
    const { fromMs, toMs } = isSpanAsked(options) ? await asked(stored.client) : EVER
    const sinceMs = options.from === undefined ? null : fromMs
    const tally = createTally(io, 'Writing', 'tickets')
    const onProgress = (written: number): void => tally.update(written)
    let asOf: AsOf | null = null
    const request = {
      format,
      target,
      fromMs: sinceMs,
      toMs,
      withLeft: options.left === true,
      ...fieldParams({ only: options.only }),
      signal,
      onProgress,
      onAsOf: (found: AsOf) => void (asOf = found),
    }
    const count = await stored.exportTickets(request).finally(() => tally.end())
    const asOfLine = asOf === null ? '' : ` ${asOfText(asOf, config.zone)}`
    if ('file' in target) {
      const document = { file: target.file, format, tickets: count, ...asOfDocument(asOf) }
      print(document, `${tickets(count)} written to ${target.file}.${asOfLine}`)
    } else say(io, `${tickets(count)} written.${asOfLine}`)
  })
}

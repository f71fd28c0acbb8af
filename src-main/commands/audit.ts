import type { Command } from 'commander'
import type { Client } from '../../src-shared/contract/client.ts'
import type { AuditResult } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../runtime/clock.ts'
import { auditDocument } from './audit-document.ts'
import { auditText } from './audit-text.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { askedSpan, completeSpan, type AskedSpan, type SpanOptions } from './counts-span.ts'
import { EXIT } from './exit-code.ts'
import { print, type CommandHost } from './io.ts'
import { withApp } from './with-app.ts'

interface AuditOptions extends CommonOptions, SpanOptions {
  readonly run?: string
  readonly minutes?: boolean
}

export function addAudit(program: Command, host: CommandHost): void {
  program
    .command('audit')
    .description(
      'proves that nothing was lost, of a run or a span: planned, created, watched, indexed, fetched, charted; exit 4 where anything differs',
    )
    .option('--run <id>', 'which run (default: the last)')
    .option('--from <instant>', 'instead of a run, all that is watched from this instant on')
    .option('--to <instant>', 'and before this one (default: now)')
    .option('--minutes', 'the numbers minute by minute, too')
    .action((_options, command: Command) => audit(host, command.optsWithGlobals()))
}

async function audit(host: CommandHost, options: AuditOptions): Promise<void> {
  const { io } = host
  const config = configOf(io, options)
  const { zone } = config
  const asked = askedSpan(options, zone)
  const isSpan = asked.fromMs !== null || asked.toMs !== null
  if (isSpan && options.run !== undefined) throw runAndSpan()
  await withApp(io, config, async ({ client }) => {
    const result = isSpan ? await ofSpan(client, asked) : await ofRun(client, options.run)
    print(
      io,
      options.json,
      auditDocument(result),
      auditText(result, {
        zone,
        minutes: options.minutes === true,
        columns: io.stdoutIsTTY ? io.columns : null,
      }),
    )
    if (!result.ok) host.exitWith(EXIT.auditMismatch)
  })
}

function ofRun(client: Client, runId: string | undefined): Promise<AuditResult> {
  return client.call('audit.run', runId === undefined ? {} : { runId })
}

async function ofSpan(client: Client, asked: AskedSpan): Promise<AuditResult> {
  return client.call('audit.span', await completeSpan(client, asked, machineClock.now()))
}

function runAndSpan(): AppError {
  return new AppError('usage', 'An audit is of a run or of a span, not of both. Nothing was audited.', {
    hint: 'Give --run, or --from and --to.',
  })
}

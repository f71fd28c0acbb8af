import type { Command } from 'commander'
import type { AuditResult } from '../../src-shared/contract/models.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { EXIT } from './exit-code.ts'
import { print, type CommandHost } from './io.ts'
import { withApp } from './with-app.ts'

interface AuditOptions extends CommonOptions {
  readonly run?: string
}

export function addAudit(program: Command, host: CommandHost): void {
  program
    .command('audit')
    .description('proves that nothing of a run was lost: planned, created, indexed, fetched, charted')
    .option('--run <id>', 'which run (default: the last)')
    .action((_options, command: Command) => audit(host, command.optsWithGlobals()))
}

async function audit(host: CommandHost, options: AuditOptions): Promise<void> {
  const { io } = host
  await withApp(io, configOf(io, options), async ({ client }) => {
    const params = options.run === undefined ? {} : { runId: options.run }
    const result = await client.call('audit.run', params)
    print(io, options.json, result, auditText(result))
    if (!result.ok) host.exitWith(EXIT.auditMismatch)
  })
}

/** The audit for a person: the figures in the order in which tickets pass, then each ticket that is amiss. */
export function auditText(result: AuditResult): string {
  const { run, planned, created, watched, indexed, fetched, charted, missing, extra, ok } = result
  return [
    `Audit of run ${run}: ${ok ? 'nothing is missing' : 'NOT ALL IS THERE'}`,
    `  planned ${planned}, created ${created}`,
    `  of these watched ${watched}, indexed ${indexed}, fetched ${fetched}, charted ${charted}`,
    ...missing.map(({ key, slot, reason }) => `  missing: slot ${slot}, ${key ?? 'no key'}: ${reason}`),
    ...extra.map(({ key, reason }) => `  extra: ${key}: ${reason}`),
  ].join('\n')
}

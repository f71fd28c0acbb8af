import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import type { DoctorStep } from './doctor-steps.ts'
import { exitCodeOf } from './exit-code.ts'
import { print, type CommandHost } from './io.ts'
import { withLog } from './with-app.ts'

export function addDoctor(program: Command, host: CommandHost): void {
  program
    .command('doctor')
    .description(
      'goes through data folder, store, Jira, account, project and priorities, and says what to do',
    )
    .action((_options, command: Command) => doctor(host, command.optsWithGlobals()))
}

async function doctor(host: CommandHost, options: CommonOptions): Promise<void> {
  const { io } = host
  const { diagnose } = await import('./doctor-steps.ts')
  const config = configOf(io, options)
  await withLog(io, config.dataDir, async (log) => {
    const { steps, firstError } = await diagnose(config, log, io.signal)
    const ok = firstError === undefined
    print(io, options.json, { ok, steps }, steps.map(stepText).join('\n'))
    if (!ok) host.exitWith(exitCodeOf(firstError))
  })
}

function stepText({ step, state, message, hint }: DoctorStep): string {
  const line = `${state.padEnd(9)}  ${step.padEnd(11)}  ${message}`
  return hint === '' ? line : `${line}\n${' '.repeat(24)}${hint}`
}

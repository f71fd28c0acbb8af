import type { Command } from 'commander'
import type { Step } from '../../runtime/steps.ts'
import { configOf, type CommonOptions } from '../cli/options.ts'
import type { Diagnosis } from './diagnose.ts'
import { EXIT, exitCodeOfError, print, type CommandHost } from '../cli/io.ts'
import { sayStep, stepText } from '../cli/progress.ts'
import { plain, withLog } from '../cli/with-app.ts'

export function addDoctor(program: Command, host: CommandHost): void {
  program
    .command('doctor')
    .description('goes through folder, store, keychain and Jira step by step, and says what to do')
    .action((_options, command: Command) => doctor(host, command.optsWithGlobals()))
}

/** The steps come as they end: they are the result. With `--json` a person at a terminal sees them, too. */
async function doctor(host: CommandHost, options: CommonOptions): Promise<void> {
  const { io } = host
  const { diagnose } = await import('./diagnose.ts')
  const config = configOf(io, options)
  const onStep = (step: Step<string>): void => {
    if (options.json !== true) {
      io.stdout.write(`${stepText(plain(step), io.stdoutIsTTY ? io.columns : null)}\n`)
    } else if (io.isTTY) sayStep(io, step)
  }
  await withLog(io, config.dataDir, async (log) => {
    const diagnosis = await diagnose(config, { log, signal: io.signal, onStep })
    if (options.json === true) print(io, true, doctorDocument(diagnosis), '')
    host.exitWith(diagnosis.code === null ? EXIT.done : exitCodeOfError(diagnosis.code))
  })
}

function doctorDocument({ code, deployment, steps }: Diagnosis): unknown {
  return {
    ok: code === null,
    deployment,
    steps: steps.map(({ id, state, message, hint }) => ({ step: id, state, message, hint })),
  }
}

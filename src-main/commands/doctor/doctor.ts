import type { Step } from '../../runtime/steps.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT, exitCodeOfError } from '../cli/io.ts'
import { sayStep, stepText } from '../cli/progress.ts'
import { plain } from '../cli/plain-client.ts'
import { diagnose, type Diagnosis } from './diagnose.ts'

/** The steps come as they end: they are the result. With `--json` a person at a terminal sees them, too. */
export async function doctor(call: CommandCall<'log'>): Promise<void> {
  const { io, options, open, print, exitWith } = call
  const config = call.config()
  const onStep = (step: Step<string>): void => {
    if (options.json !== true) {
      io.stdout.write(`${stepText(plain(step), io.stdoutIsTTY ? io.columns : null)}\n`)
    } else if (io.isTTY) sayStep(io, step)
  }
  await open(config, async (log) => {
    const diagnosis = await diagnose(config, { log, signal: io.signal, onStep })
    if (options.json === true) print(doctorDocument(diagnosis), '')
    exitWith(diagnosis.code === null ? EXIT.done : exitCodeOfError(diagnosis.code))
  })
}

function doctorDocument({ code, deployment, steps }: Diagnosis): unknown {
  return {
    ok: code === null,
    deployment,
    steps: steps.map(({ id, state, message, hint }) => ({ step: id, state, message, hint })),
  }
}

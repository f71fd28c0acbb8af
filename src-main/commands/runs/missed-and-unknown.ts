import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/runs.ts'
import { tickets } from '../../../src-shared/domain/sentences.ts'
import { answered, choose } from '../cli/ask.ts'
import { say, type CliIo } from '../cli/io.ts'
import { oneOf } from '../cli/options.ts'

export type Missed = NonNullable<ResumeRequest['missed']>
export type Unknown = NonNullable<ResumeRequest['unknown']>

export const missedFlag = oneOf<Missed>('--missed', ['shift', 'catch-up', 'skip'], 'No ticket was made.')
export const unknownFlag = oneOf<Unknown>('--unknown', ['look', 'send', 'drop'], 'No ticket was made.')

/**
 * What becomes of the tickets whose time has passed while their run stood still: as the flag says, else as the person
 * chooses; catch-up where nobody can be asked. Where there are none, the others keep their times. Throws `cancelled`.
 */
export async function chooseMissed(io: CliIo, run: RunProgress, flag: Missed | undefined): Promise<Missed> {
  const { missed } = run
  if (flag !== undefined) return flag
  if (missed === 0) return 'catch-up'
  if (!io.isTTY) {
    say(
      io,
      `${tickets(missed)} whose time has passed ${missed === 1 ? 'is' : 'are'} made up for now, at a bounded pace (--missed catch-up). --missed shift or skip decides otherwise.`,
    )
    return 'catch-up'
  }
  return askMissed(io, run)
}

async function askMissed(io: CliIo, { missed }: RunProgress): Promise<Missed> {
  const message = `${tickets(missed)} should have been made meanwhile. What becomes of ${missed === 1 ? 'it' : 'them'}?`
  const chosen = choose<Missed>(io, message, [
    { value: 'catch-up', label: 'Catch up', hint: 'now, at a bounded pace' },
    { value: 'skip', label: 'Leave out', hint: 'the others keep their times' },
    { value: 'shift', label: 'Go on from here', hint: 'move them and all the others; the run ends later' },
  ])
  return answered(chosen, 'The run stays as it is. jira-tpm resume goes on with it.')
}

/**
 * What becomes of the tickets of which nobody knows whether they were made, as the person chooses; null to leave them.
 * Where nobody can be asked it is said how to decide.
 */
export async function chooseUnknown(io: CliIo, run: RunProgress): Promise<Unknown | null> {
  const { runId, unknown } = run
  if (unknown === 0) return null
  if (!io.isTTY) {
    say(
      io,
      `Of ${unknown} nobody knows whether Jira made ${unknown === 1 ? 'it' : 'them'}: ${unknown === 1 ? 'it is' : 'they are'} not sent again unasked. jira-tpm resume --run ${runId} --unknown look, send or drop decides.`,
    )
    return null
  }
  const message = `Of ${unknown} nobody knows whether Jira made ${unknown === 1 ? 'it' : 'them'}. What now?`
  const asked = choose<Unknown | 'leave'>(io, message, [
    { value: 'look', label: 'Look again', hint: 'ask Jira once more; nothing is sent' },
    { value: 'send', label: 'Send again', hint: 'those that Jira still does not show; one may come twice' },
    { value: 'drop', label: 'Count as not made' },
    { value: 'leave', label: 'Leave it open' },
  ])
  const chosen = await answered(asked, 'They stay unknown.')
  return chosen === 'leave' ? null : chosen
}

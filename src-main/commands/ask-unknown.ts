import { select } from '@clack/prompts'
import type { ResumeRequest, RunProgress } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { answered, terminalOf } from './ask.ts'
import { say, type CliIo } from './io.ts'

export type Unknown = NonNullable<ResumeRequest['unknown']>

const UNKNOWN: readonly Unknown[] = ['look', 'send', 'drop']

/** Reads `--unknown`. Throws `usage`. */
export function unknownFlag(text: string): Unknown {
  const found = UNKNOWN.find((value) => value === text)
  if (found !== undefined) return found
  throw new AppError('usage', `--unknown takes look, send or drop, not "${text}". No ticket was made.`)
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
  const chosen = await answered(
    io,
    select<Unknown | 'leave'>({
      message: `Of ${unknown} nobody knows whether Jira made ${unknown === 1 ? 'it' : 'them'}. What now?`,
      options: [
        { value: 'look', label: 'Look again', hint: 'ask Jira once more; nothing is sent' },
        {
          value: 'send',
          label: 'Send again',
          hint: 'those that Jira still does not show; one may come twice',
        },
        { value: 'drop', label: 'Count as not made' },
        { value: 'leave', label: 'Leave it open' },
      ],
      ...terminalOf(io),
    }),
    'They stay unknown.',
  )
  return chosen === 'leave' ? null : chosen
}

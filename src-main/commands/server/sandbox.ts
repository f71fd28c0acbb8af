import { MOOD_NAMES, MOODS, setMood, type MoodName, type SandboxConfig } from '#jira-sandbox'
import { nothingStarted } from '../../../src-shared/errors/app-error.ts'
import { untilAborted } from '../../runtime/async.ts'
import type { CommandCall, Values } from '../cli/define-command.ts'
import { given } from '../cli/options.ts'
import type { SANDBOX } from '../workspace-commands.ts'

export async function sandbox(call: CommandCall<'log', typeof SANDBOX>): Promise<void> {
  const { mood } = call.options
  if (mood === 'list') listMoods(call)
  else await runSandbox(call, mood)
}

function listMoods({ print }: CommandCall): void {
  const moods = MOOD_NAMES.map((name) => ({ name, what: MOODS[name].what }))
  const width = Math.max(...MOOD_NAMES.map(({ length }) => length))
  const lines = moods.map(({ name, what }) => `${name.padEnd(width)}  ${what}`)
  print({ moods }, lines.join('\n'))
}

async function runSandbox(
  { io, options, config: configOf, open, print }: CommandCall<'log', typeof SANDBOX>,
  wanted: MoodName | undefined,
): Promise<void> {
  const { asAppError, openSandbox } = await import('../../workspace/sandbox-connection.ts')
  const config = configOf({ jira: 'sandbox' }, sandboxSettings(options))
  await open(config, async (log) => {
    const connection = await openSandbox({ config, log })
    const { owned, url, siteId, email, apiToken } = connection
    if (!owned) {
      throw nothingStarted(
        'busy',
        `The sandbox of this data folder runs already, at ${url}.`,
        'Use that one, end its process, or choose another --data-dir.',
      )
    }
    try {
      if (wanted !== undefined) await asAppError(setMood(connection, wanted, io.signal))
      print(
        { url, siteId, email, apiToken, ...(wanted !== undefined && { mood: wanted }) },
        [
          `The sandbox Jira: ${url}`,
          ...(wanted === undefined ? [] : [`  mood       ${wanted}: it ${MOODS[wanted].what}`]),
          ...(config.sandbox.deployment === 'data-center' ? [] : [`  user       ${email}`]),
          // A Data Center server calls it a personal access token, and asks for nothing else.
          `  API token  ${apiToken}`,
          'Every Jira TPM with this data folder finds it by itself. Ctrl-C ends it.',
        ].join('\n'),
      )
      await untilAborted(io.signal)
    } finally {
      await connection.stop()
    }
  })
}

function sandboxSettings(options: Values<typeof SANDBOX>): Partial<SandboxConfig> {
  const { port, historyWeeks, historyTickets, historyHours, seed, lag, burst } = options
  const { userZone, siteZone, deployment } = options
  const plain = { port, historyWeeks, historyTickets, historyHours, seed, userZone, siteZone, deployment }
  return given({ ...plain, contextPath: options.contextPath, indexLag: lag, burstPerSecond: burst })
}

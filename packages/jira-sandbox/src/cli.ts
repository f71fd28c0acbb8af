import { once } from 'node:events'
import { HELP, readValues, readWanted, type WantedSandbox } from './cli-options.ts'
import { FAULT_TEXTS } from './faults/fault-texts.ts'
import { MOOD_NAMES, MOODS } from './faults/moods.ts'
import { userNameOf } from './issues/vocabulary-json.ts'
import { SandboxError } from './sandbox-error.ts'
import { startSandboxServer, type SandboxServer } from './server.ts'

/** Where the program writes. */
export interface CliOutput {
  out(text: string): void
  error(text: string): void
}

/**
 * Runs the program until `signal` is aborted. Returns its exit code: 2 for a wrong command line, 1 where it could not
 * start.
 */
export async function runCli(args: readonly string[], io: CliOutput, signal: AbortSignal): Promise<number> {
  try {
    const values = readValues(args)
    if (values.help === true) io.out(HELP)
    else if (values.list === true) io.out(listed(values.json === true))
    else await serve(readWanted(values), values.json === true, io, signal)
    return 0
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    io.error(`${[error.message, error.hint].filter((sentence) => sentence !== '').join(' ')}\n`)
    return error.code === 'usage' ? 2 : 1
  }
}

async function serve(
  { email, apiToken, ...wanted }: WantedSandbox,
  asJson: boolean,
  io: CliOutput,
  signal: AbortSignal,
): Promise<void> {
  const server = await startSandboxServer({
    ...wanted,
    credentials: { ...(email !== undefined && { email }), ...(apiToken !== undefined && { apiToken }) },
    clock: Date,
    onBug: (error) => io.error(`The sandbox answered 500: ${String(error)}\n`),
  })
  try {
    const account = {
      url: server.url,
      kind: wanted.settings.deployment,
      siteId: server.siteId,
      ...accountOf(server, wanted),
    }
    io.out(
      asJson
        ? `${JSON.stringify({ ...account, mood: wanted.mood, faults: wanted.faults })}\n`
        : announced(account, wanted),
    )
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await server.stop()
  }
}

/** The one account, and what it logs in with. */
function accountOf({ email, apiToken }: SandboxServer, { settings }: Pick<WantedSandbox, 'settings'>) {
  return { user: settings.deployment === 'cloud' ? email : userNameOf(email), apiToken }
}

type Account = ReturnType<typeof accountOf> & { readonly url: string; readonly kind: string }

function announced({ url, kind, user, apiToken }: Account, { mood, faults }: Spoilt): string {
  const secret =
    kind === 'cloud'
      ? `  API token  ${apiToken}`
      : `  password   ${apiToken} (a personal access token as well)`
  return [
    `The sandbox Jira: ${url}`,
    `  user       ${user}`,
    secret,
    ...(mood === 'healthy' ? [] : [`  mood       ${mood}: it ${MOODS[mood].what}`]),
    ...faults.map(({ kind: name }) => `  fault      ${name}: ${FAULT_TEXTS[name]}`),
    'Ctrl-C ends it.',
    '',
  ].join('\n')
}

type Spoilt = Pick<WantedSandbox, 'mood' | 'faults'>

function listed(asJson: boolean): string {
  const moods = MOOD_NAMES.map((name) => ({ name, what: MOODS[name].what, faults: MOODS[name].faults }))
  if (asJson) return `${JSON.stringify({ faults: FAULT_TEXTS, moods })}\n`
  const rows = [
    ...Object.entries(FAULT_TEXTS),
    ...moods.map(({ name, what }) => [name, `it ${what}`] as const),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`)
  const faultCount = Object.keys(FAULT_TEXTS).length
  return ['Faults', ...lines.slice(0, faultCount), 'Moods', ...lines.slice(faultCount), ''].join('\n')
}

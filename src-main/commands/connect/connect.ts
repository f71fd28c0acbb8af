import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import type { Preflight, Settings } from '../../../src-shared/contract/settings.ts'
import { isDay } from '../../../src-shared/domain/token-expiry.ts'
import { nothingSent } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import { siteUrl } from '../../config/jira-config.ts'
import { configOf, flagValue, refuseFixed, type CommonOptions } from '../cli/options.ts'
import { connectDraft, isCloudUrl } from './connect-questions.ts'
import { connectJira, type WatchFlags } from './connect-jira.ts'
import { print, repeatFlags, type CliIo, type CommandHost } from '../cli/io.ts'
import { plain, withApp } from '../cli/with-app.ts'

interface ConnectOptions extends CommonOptions, WatchFlags {
  readonly user?: string
  readonly tokenStdin?: boolean
  readonly tokenExpires?: string
  readonly caFile?: string
}

const tokenExpiryDay = flagValue('--token-expires', 'a day', (text) => (isDay(text) ? text : null), {
  nothing: 'Nothing was changed.',
  hint: 'Write it as 2027-01-31.',
})

export function addConnect(program: Command, host: CommandHost): void {
  program
    .command('connect')
    .description('connects a Jira Cloud site or a Data Center server; the token goes into the keychain')
    .argument('<url>', 'where people open this Jira, as https://example.atlassian.net')
    .option('--user <e-mail>', "the account's address, for Jira Cloud; Data Center needs none")
    .option('--token-stdin', 'read the token from stdin instead of asking for it')
    .option('--token-expires <day>', 'last day on which the token works, as 2027-01-31', tokenExpiryDay)
    .option('--ca-file <file>', "a PEM file of certificates to believe besides the system's own")
    .option('--watch-field <field>', 'the field that is watched, by name or id (default: Priority)')
    .option('--watch <values>', 'its values that are watched, by name or id (default: High,Highest)')
    .action((url: string, _options, command: Command) => connect(host.io, url, command.optsWithGlobals()))
}

async function connect(io: CliIo, target: string, options: ConnectOptions): Promise<void> {
  const url = siteUrl({ target, source: 'connect' })
  const caFile = options.caFile === undefined ? null : readableFile(io, options.caFile)
  // The project that is said here is one to keep, not one for this call.
  const readConfig = (): Config => configOf(io, withoutProject(options))
  const config = readConfig()
  refuseFixed(config.jiraFixedBy, 'says which Jira is used, so none can be connected')
  refuseNobody(io, url, options)
  await withApp(
    io,
    config,
    async ({ client }) => {
      const draft = await connectDraft(io, client, { ...options, url, caFile })
      const preflight = await connectJira(io, client, draft, options)
      const settings = await client.call('settings.get', {})
      const text = connectedText(plain(preflight), plain(settings))
      print(io, options.json, connectedDocument(preflight, settings), repeatFlags(io, text))
    },
    { mayStayClosed: true, changesToken: true, rawTexts: true, readConfig },
  )
}

function withoutProject({ project: _project, ...rest }: ConnectOptions): CommonOptions {
  return rest
}

/** Where nobody can be asked, Cloud's account must be said. */
function refuseNobody(io: CliIo, url: string, { user }: ConnectOptions): void {
  if (io.isTTY || user?.trim() || !isCloudUrl(url)) return
  throw nothingSent(
    'usage',
    'Jira Cloud wants an e-mail address with the token.',
    'Add --user me@example.com.',
  )
}

function readableFile(io: CliIo, file: string): string {
  const whole = path.resolve(io.cwd, file)
  try {
    accessSync(whole, constants.R_OK)
  } catch (cause) {
    throw nothingSent(
      'usage',
      `--ca-file ${whole} cannot be read.`,
      'Give a PEM file of certificates.',
      cause,
    )
  }
  return whole
}

function connectedDocument(preflight: Preflight, { jira, tokenIn }: Settings): unknown {
  return {
    url: jira?.url ?? null,
    deployment: preflight.deployment,
    project: jira?.projectKey ?? null,
    watched: preflight.choices.watched,
    tokenIn,
    steps: preflight.steps,
  }
}

function connectedText(preflight: Preflight, { jira, tokenIn, secrets }: Settings): string {
  const what = preflight.deployment === 'data-center' ? 'Jira Data Center' : 'Jira Cloud'
  const watched = preflight.choices.watched.map(({ name }) => name).join(', ')
  return [
    `Connected: ${what} at ${jira?.url ?? ''}, ${jira?.projectKey ?? 'every project'}, watching ${watched}.`,
    `The token ${tokenIn === 'environment' ? 'comes from the environment' : tokenIn === 'vault' ? 'comes from Vault' : `is in ${secrets.label}`}. jira-tpm fetch-tickets fetches; jira-tpm plot-data shows.`,
  ].join('\n')
}

interface DisconnectOptions extends CommonOptions {
  readonly forgetToken?: boolean
}

export function addDisconnect(program: Command, host: CommandHost): void {
  program
    .command('disconnect')
    .description('goes back to the sandbox; what was fetched stays stored')
    .option('--forget-token', 'delete the token from the keychain too')
    .action((_options, command: Command) => disconnect(host, command.optsWithGlobals()))
}

async function disconnect({ io }: CommandHost, options: DisconnectOptions): Promise<void> {
  const { forgetToken = false, json } = options
  const config = configOf(io, options)
  await withApp(
    io,
    config,
    async ({ client }) => {
      const former = config.jira.kind === 'site' ? config.jira.url : null
      await client.call('settings.disconnect', { forgetToken })
      print(
        io,
        json,
        { disconnected: former, tokenForgotten: forgetToken },
        disconnectedText(former, forgetToken),
      )
    },
    { mayStayClosed: true, changesToken: true, readConfig: () => configOf(io, options) },
  )
}

function disconnectedText(former: string | null, forgetToken: boolean): string {
  if (former === null) return 'No Jira was connected: the sandbox is used.'
  const token = forgetToken ? 'Its token is deleted' : 'Its token stays in the keychain'
  return `${former} is disconnected; the sandbox is used. ${token}, and what was fetched stays stored.`
}

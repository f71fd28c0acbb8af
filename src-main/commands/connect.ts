import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import { siteUrl } from '../config/jira-config.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { connectDraft, isCloudUrl } from './connect-draft.ts'
import { connectJira } from './connect-jira.ts'
import { connectedDocument, connectedText } from './connected-document.ts'
import { tokenExpiryDay } from './day-flag.ts'
import { print, repeatFlags, type CliIo, type CommandHost } from './io.ts'
import { plain } from './plain-client.ts'
import type { WatchFlags } from './watch-flags.ts'
import { withApp } from './with-app.ts'

interface ConnectOptions extends CommonOptions, WatchFlags {
  readonly user?: string
  readonly tokenStdin?: boolean
  readonly tokenExpires?: string
  readonly caFile?: string
}

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
  refuseFixed(config)
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
    { mayStayClosed: true, changesToken: true, asWritten: true, readConfig },
  )
}

function withoutProject({ project: _project, ...rest }: ConnectOptions): CommonOptions {
  return rest
}

function refuseFixed({ jiraFixedBy }: Config): void {
  if (jiraFixedBy === null) return
  throw new AppError(
    'usage',
    `${jiraFixedBy} says which Jira is used, so none can be connected. Nothing was changed.`,
    {
      hint: `Leave ${jiraFixedBy} out.`,
    },
  )
}

/** Where nobody can be asked, Cloud's account must be said. */
function refuseNobody(io: CliIo, url: string, { user }: ConnectOptions): void {
  if (io.isTTY || user?.trim() || !isCloudUrl(url)) return
  throw new AppError('usage', 'Jira Cloud wants an e-mail address with the token. Nothing was sent.', {
    hint: 'Add --user me@example.com.',
  })
}

function readableFile(io: CliIo, file: string): string {
  const whole = path.resolve(io.cwd, file)
  try {
    accessSync(whole, constants.R_OK)
  } catch (cause) {
    throw new AppError('usage', `--ca-file ${whole} cannot be read. Nothing was sent.`, {
      hint: 'Give a PEM file of certificates.',
      cause,
    })
  }
  return whole
}

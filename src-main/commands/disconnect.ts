import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import { print, type CommandHost } from './io.ts'
import { withApp } from './with-app.ts'

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

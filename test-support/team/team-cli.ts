import { onTestFinished } from 'vitest'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { createCliFixture, type CallOptions } from '../commands/cli.ts'
import { createMemoryKeychain } from '../secrets/secrets.ts'
import type { ServedApp } from '../server/served-app.ts'
import { startFront } from './front.ts'

export type TeamCli = Awaited<ReturnType<typeof startTeamCli>>

/** The command line of a machine with a keychain, next to a server: for one test. */
export async function startTeamCli(served: ServedApp) {
  const keychain = createMemoryKeychain()
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const front = await startFront({ port: Number(new URL(served.url).port) })
  const run = (line: string, options: CallOptions = {}) => cli.run(line.split(' '), { keychain, ...options })
  /** A one-time code that the server made. */
  const newCode = async (scope: Scope): Promise<string> =>
    new URL(await served.link(scope)).hash.replace('#code=', '')
  return {
    keychain,
    cli,
    front,
    run,
    newCode,
    login: async (scope: Scope, ...more: readonly string[]) =>
      run([`login ${front.url} --code ${await newCode(scope)}`, ...more].join(' ')),
    /** How the server lists a sign-in, by the machine's name. */
    listed: async (machine: string) => (await served.tokens.list()).find(({ name }) => name === machine),
  }
}

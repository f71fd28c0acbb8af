import { text as readAll } from 'node:stream/consumers'
import { password } from '@clack/prompts'
import { nothingChanged } from '../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { answered, answerTo, terminalOf } from '../cli/ask.ts'
import type { CliIo } from '../cli/io.ts'

interface TokenOptions {
  readonly tokenStdin?: boolean
}

/**
 * The token as the person gives it, never as an argument, which every process on the machine can read: typed unseen on
 * a terminal, or the first line of stdin. Null for the one that is kept. Throws `usage` where none can come.
 */
export async function askToken(
  io: CliIo,
  { tokenStdin = false }: TokenOptions,
  kept: boolean,
): Promise<string | null> {
  if (tokenStdin) return (await secretFromStdin(io, 'token')).trim()
  if (io.isTTY) {
    const typed: string | undefined = await answered(
      answerTo(
        io,
        password({
          message: kept
            ? 'API token (Enter: the one that is kept)'
            : 'API token, or personal access token of Data Center',
          validate: (value) => (value?.trim() || kept ? undefined : 'A token is needed.'),
          ...terminalOf(io),
        }),
      ),
      'No token was given. Nothing was changed.',
    )
    // `undefined` is what the prompt gives for an empty line.
    return typed?.trim() || null
  }
  if (kept) return null
  throw nothingChanged(
    'usage',
    'There is no terminal to ask for the token at.',
    'Give it on stdin: jira-tpm connect URL --token-stdin < FILE',
  )
}

interface PasswordOptions {
  readonly passwordStdin?: boolean
}

/**
 * The password as the person gives it, never as an argument, which every process on the machine can read: typed unseen
 * on a terminal, or the first line of stdin. Null for the one that is kept, or none. Throws `usage` or `cancelled`.
 */
export async function askPassword(
  io: CliIo,
  store: PostgresConfig,
  { passwordStdin = false }: PasswordOptions,
): Promise<string | null> {
  if (passwordStdin) return secretFromStdin(io, 'password')
  // Many servers want none of who is on their machine; one that does says so.
  if (!io.isTTY) return null
  const typed: string | undefined = await answered(
    answerTo(
      io,
      password({
        message: `Password of ${store.user} for ${storeLabel(store)} (Enter: the one that is kept, or none)`,
        ...terminalOf(io),
      }),
    ),
    'No password was given. Nothing was changed.',
  )
  // `undefined` is what the prompt gives for an empty line.
  return typed || null
}

/** The first line of stdin, which is where a script gives a secret. Throws `usage` where it is empty. */
async function secretFromStdin(io: CliIo, what: 'token' | 'password'): Promise<string> {
  const line = (await readAll(io.stdin)).split(/\r?\n/)[0] ?? ''
  if (line.trim() !== '') return line
  throw nothingChanged('usage', `No ${what} came on stdin.`, 'Write it there as the first line.')
}

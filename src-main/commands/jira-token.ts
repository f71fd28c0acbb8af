import { password } from '@clack/prompts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { answered, terminalOf } from './ask.ts'
import type { CliIo } from './io.ts'
import { secretFromStdin } from './secret-from-stdin.ts'

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
  /** Whether one is kept for this address and user. */
  kept: boolean,
): Promise<string | null> {
  if (tokenStdin) return (await secretFromStdin(io, 'token')).trim()
  if (io.isTTY) {
    const typed = await answered(
      io,
      password({
        message: kept
          ? 'API token (Enter: the one that is kept)'
          : 'API token, or personal access token of Data Center',
        validate: (value) => (value?.trim() || kept ? undefined : 'A token is needed.'),
        ...terminalOf(io),
      }),
      'No token was given. Nothing was changed.',
    )
    // `undefined` is what the prompt gives for an empty line.
    return typed?.trim() || null
  }
  if (kept) return null
  throw new AppError('usage', 'There is no terminal to ask for the token at. Nothing was changed.', {
    hint: 'Give it on stdin: jira-tpm connect URL --token-stdin < FILE',
  })
}

import { password } from '@clack/prompts'
import type { PostgresConfig } from '../config/config.ts'
import { storeLabel } from '../config/store-name.ts'
import { answered, terminalOf } from './ask.ts'
import type { CliIo } from './io.ts'
import { secretFromStdin } from './secret-from-stdin.ts'

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
  const typed = await answered(
    io,
    password({
      message: `Password of ${store.user} for ${storeLabel(store)} (Enter: the one that is kept, or none)`,
      ...terminalOf(io),
    }),
    'No password was given. Nothing was changed.',
  )
  // `undefined` is what the prompt gives for an empty line.
  return typed || null
}

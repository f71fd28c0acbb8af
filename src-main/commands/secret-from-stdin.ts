import { text as readAll } from 'node:stream/consumers'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CliIo } from './io.ts'

/** The first line of stdin, which is where a script gives a secret. Throws `usage` where it is empty. */
export async function secretFromStdin(io: CliIo, what: 'token' | 'password'): Promise<string> {
  const line = (await readAll(io.stdin)).split(/\r?\n/)[0] ?? ''
  if (line.trim() !== '') return line
  throw new AppError('usage', `No ${what} came on stdin. Nothing was changed.`, {
    hint: 'Write it there as the first line.',
  })
}

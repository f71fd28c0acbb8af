import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { type AppError, nothingStarted } from '../../src-shared/errors/app-error.ts'
import type { Environment } from './environment.ts'
import { variablesOf } from './settings-table.ts'

/** Each may be given as the path of a file that holds it, in a variable of the same name with `_FILE` behind it. */
const SECRETS = variablesOf('secret')

/** Those names with `_FILE`. */
export const SECRET_FILE_VARIABLES: readonly string[] = SECRETS.map((name) => `${name}_FILE`)

/** No secret of ours is longer, in bytes: what is was meant for something else. */
const MAX_BYTES = 64 * 1024

/**
 * The environment with each secret that it names by a file (as containers mount them) in its place; relative paths are
 * meant from `cwd`. Throws `not-configured` where a file cannot be read, holds nothing or not one line, or where the
 * secret is there twice. What a file holds is in none of the sentences.
 */
export function withSecretFiles(env: Environment, cwd: string): Environment {
  const filled: Record<string, string | undefined> = { ...env }
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`]?.trim()
    if (!file) continue
    if (env[name]?.trim()) {
      throw refuse(`${name} and ${name}_FILE are both set, and may differ`, 'Take one of them out.')
    }
    filled[name] = readSecret(name, path.resolve(cwd, file))
  }
  return filled
}

/** What a file holds that `NAME_FILE` names. Throws `not-configured`. */
export function readSecret(name: string, file: string): string {
  const text = readText(name, file).replace(/\r?\n$/, '') // an editor's, or echo's
  if (text.trim() === '') {
    throw refuse(`${name}_FILE names ${file}, which is empty`, `Write the secret into it, on one line.`)
  }
  if (/[\r\n\0\uFFFD]/.test(text)) {
    throw refuse(
      `${name}_FILE names ${file}, which is not one line of text`,
      'It must hold the secret and nothing else.',
    )
  }
  return text
}

function readText(name: string, file: string): string {
  try {
    const stats = statSync(file)
    if (stats.isFile() && stats.size <= MAX_BYTES) return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? String(cause)})`
    throw refuse(
      `${name}_FILE names ${file}, which ${why}`,
      'In a container: is the secret mounted, and may the account that runs the program read it?',
      cause,
    )
  }
  throw refuse(
    `${name}_FILE names ${file}, which is no file that could hold a secret`,
    `It takes a plain file of at most ${MAX_BYTES / 1024} KiB.`,
  )
}

function refuse(message: string, hint: string, cause?: unknown): AppError {
  return nothingStarted('not-configured', `${message}.`, hint, cause)
}

import { SCOPES, type Scope } from '../../src-shared/contract/scopes.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

export const SCOPE_HELP =
  'what it may do: read (look on), run (also make tickets and fetch), admin (also settings and stored data)'

/** Reads `--scope`. Throws `usage`. */
export function scopeFlag(text: string): Scope {
  const found = SCOPES.find((scope) => scope === text)
  if (found !== undefined) return found
  throw new AppError('usage', `--scope takes read, run or admin, not "${text}". Nothing was done.`)
}

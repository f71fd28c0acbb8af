import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'

/** A project's key in Jira's own spelling. It becomes part of queries, so nothing but a key may pass. Throws `code`. */
export function projectKey(text: string, source: string, code: ErrorCode): string {
  if (/^[A-Za-z][A-Za-z0-9_]{0,31}$/.test(text)) return text.toUpperCase()
  throw new AppError(code, `${source} is not a project's key. Nothing was started.`, {
    hint: 'A key has letters, digits and _, and begins with a letter, as TPM.',
  })
}

import { AppError, nothingSent } from '../../src-shared/errors/app-error.ts'
import { isLoopback } from '../jira/site-url.ts'

export interface ServerAddress {
  /** Its origin, without a slash at its end. */
  readonly url: string
  /** The one-time code of a link (`https://tpm.example.com/#code=…`), where one was pasted; else null. */
  readonly code: string | null
}

const FORM = 'Give it as https://tpm.example.com, or paste the link that who runs the server gave you.'

/**
 * The team server that a person names: its address, with or without https:// before it, or a link to it. Throws `usage`
 * where it is none, has a user or a path in it, or is plain HTTP to another machine: a token goes over no such connection.
 */
export function serverAddress(text: string): ServerAddress {
  const typed = text.trim()
  const url = URL.parse(typed.includes('://') ? typed : `https://${typed}`)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw refused('The address of the server is not one.', FORM)
  }
  // Not shown: it may hold a secret.
  if (url.username !== '' || url.password !== '') {
    throw refused('The address of the server has a user or a password in it.', FORM)
  }
  if (url.pathname !== '/') throw refused(`${url.host} is given with a path, and a server has none.`, FORM)
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refused(
      `The address begins with http://, which would let others read the sign-in on its way to ${url.host}.`,
      `Give it with https://; plain http is for a server on this machine alone.`,
    )
  }
  return { url: url.origin, code: new URLSearchParams(url.hash.slice(1)).get('code') }
}

function refused(what: string, hint: string): AppError {
  return nothingSent('usage', what, hint)
}

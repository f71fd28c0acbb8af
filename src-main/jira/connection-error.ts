import { brokenConnection, unreachable, type JiraError } from './errors.ts'

/** Codes of connections that were never made, with what completes "could not be reached: …". */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at that address',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'names cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  UND_ERR_CONNECT_TIMEOUT: 'it takes too long to connect',
}

/** The JiraError for what fetch threw when no answer came. Nothing of the request is in it. */
export function connectionError(error: unknown, host: string): JiraError {
  const code = errorCode(error)
  const reason =
    NOT_CONNECTED[code] ?? (isCertificateCode(code) ? `its certificate is not trusted (${code})` : null)
  return reason === null ? brokenConnection(host) : unreachable(host, reason)
}

/** The system's or undici's code, which fetch hides in its error's cause. */
function errorCode(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return ''
}

function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)
}

import { untrusted, type JiraError } from './errors.ts'

const NO_ISSUER_HINT =
  'If the certificate is your company’s own, give its authority’s PEM file as the CA file. If not, somebody may be listening in: leave it.'
const CLOCK_HINT = 'Check the clock of this machine; if it is right, the certificate must be renewed.'

/** What OpenSSL calls a certificate that it does not believe, in words, and what to do. */
const PROBLEMS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'its certificate is signed by itself, not by an authority that this machine knows',
    NO_ISSUER_HINT,
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'its certificate comes from an authority that this machine does not know',
    NO_ISSUER_HINT,
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'its certificate comes from an authority that this machine does not know',
    NO_ISSUER_HINT,
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'its certificate comes from an authority that this machine does not know',
    NO_ISSUER_HINT,
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'it does not send the certificates between its own and its authority’s, or this machine does not know that authority',
    NO_ISSUER_HINT,
  ],
  CERT_HAS_EXPIRED: ['its certificate, or its authority’s, has expired', CLOCK_HINT],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', CLOCK_HINT],
  CERT_REVOKED: ['its certificate was revoked', 'Ask the server’s administrator for a new one.'],
}

const OTHER_HOST_HINT =
  'Use the address that the certificate is made out to, or ask the server’s administrator for one made out to this address.'

/** The JiraError of a TLS handshake that failed for its certificate; null where it was something else. */
export function certificateError(
  error: unknown,
  host: string,
  redact: (text: string) => string,
): JiraError | null {
  const wrong = certificateProblem(error, redact)
  return wrong === null ? null : untrusted(host, wrong.problem, wrong.hint)
}

/**
 * What is wrong with a server's certificate (completes "is not trusted: …") and what to do; null where the error is about
 * something else. See https://nodejs.org/api/tls.html#x509-certificate-error-codes.
 */
export function certificateProblem(
  error: unknown,
  redact: (text: string) => string = (text) => text,
): { problem: string; hint: string } | null {
  const code = codeOf(error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { problem: `its certificate is for ${redact(namesOf(error))}`, hint: OTHER_HOST_HINT }
  }
  const known = PROBLEMS[code]
  if (known !== undefined) return { problem: `${known[0]} (${code})`, hint: known[1] }
  return /^(CERT|CRL|INVALID_(CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH|UNABLE_TO_(GET|DECODE|DECRYPT|VERIFY))/.test(
    code,
  )
    ? { problem: `its certificate is not valid (${code})`, hint: 'Show this to the server’s administrator.' }
    : null
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** `DNS:a.test, DNS:b.test` as a person writes it. */
function namesOf(error: unknown): string {
  const certificate = error instanceof Error && 'cert' in error ? error.cert : null
  const names = (certificate as { subjectaltname?: unknown } | null)?.subjectaltname
  const listed = typeof names === 'string' ? names.replaceAll(/\b(DNS|IP Address|URI):/g, '') : ''
  return listed === '' ? 'another host' : `another host (${listed})`
}

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { AppError, nothingStarted } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { sleep } from '../runtime/async.ts'

interface TlsFiles {
  /** PEM: the server's certificate, then those that lead to its issuer. */
  readonly certFile: string
  /** PEM, without a pass phrase. */
  readonly keyFile: string
}

export interface TlsPair {
  readonly cert: string
  readonly key: string
  readonly validToMs: number
}

/** Reads both files and checks that they work together, today. Throws `not-configured` with what is wrong. */
export function readTls({ certFile, keyFile }: TlsFiles, nowMs: number): TlsPair {
  const cert = readPem(certFile, 'certificate')
  const key = readPem(keyFile, 'key')
  const certificate = attempt(() => new X509Certificate(cert), certFile, 'is no PEM certificate')
  const privateKey = attempt(
    () => createPrivateKey(key),
    keyFile,
    'is no private key in PEM form without a pass phrase',
  )
  if (!certificate.checkPrivateKey(privateKey)) {
    throw bad(keyFile, `is not the key of the certificate in ${certFile}`)
  }
  const [fromMs, validToMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (nowMs >= validToMs) throw bad(certFile, `ran out at ${new Date(validToMs).toISOString()}`)
  if (nowMs < fromMs) throw bad(certFile, `is valid only from ${new Date(fromMs).toISOString()}`)
  attempt(() => createSecureContext({ cert, key }), certFile, 'cannot be used with its key')
  return { cert, key, validToMs }
}

const LOOK_EVERY_MS = 10_000

/**
 * Looks at the files from time to time until the signal's abort, and gives each new pair that is in order. One that is
 * not is reported once, and the former goes on.
 */
export async function followTls(
  files: TlsFiles,
  first: TlsPair,
  parts: { clock: Clock; log: Log; signal: AbortSignal; onNew: (pair: TlsPair) => void; everyMs?: number },
): Promise<void> {
  const { clock, log, signal, onNew, everyMs = LOOK_EVERY_MS } = parts
  let current = first
  let lastTrouble = ''
  while (await sleep(everyMs, signal, clock)) {
    try {
      const pair = readTls(files, clock.now())
      lastTrouble = ''
      if (pair.cert === current.cert && pair.key === current.key) continue
      onNew(pair)
      current = pair
      log.info({ validTo: new Date(pair.validToMs).toISOString() }, 'the new TLS certificate is used')
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // The two files are rarely replaced in one moment; and one trouble is logged once.
      if (lastTrouble !== error.message) log.warn({ err: error }, 'the former TLS certificate stays in use')
      lastTrouble = error.message
    }
  }
}

function readPem(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw bad(file, `cannot be read as the TLS ${what} (${code ?? String(cause)})`, cause)
  }
}

function attempt<T>(work: () => T, file: string, why: string): T {
  try {
    return work()
  } catch (cause) {
    throw bad(file, why, cause)
  }
}

function bad(file: string, why: string, cause?: unknown): AppError {
  return nothingStarted(
    'not-configured',
    `The file ${file} ${why}.`,
    'Give --tls-cert a PEM certificate that is valid now, with its chain, and --tls-key its PEM key.',
    cause,
  )
}

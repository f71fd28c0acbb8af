import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { PostgresConfig } from '../config/config.ts'
import { isLocalHost } from '../config/postgres-config.ts'
import { denialReason, serverNames } from '../store/postgres/connection/connection-errors.ts'
import { NO_TLS, NoAnswerError } from '../store/postgres/connection/failure.ts'
import { tlsOptions } from '../store/postgres/connection/client.ts'
import { failed, fine, warning, type Outcome } from '../runtime/steps.ts'
import { inTime, type WaitParts } from './in-time.ts'
import type { ReachedServer } from './port-step.ts'

/** Whether what is said is secret, and said to the right server, as the configuration wants it. */
export async function checkTls(
  config: PostgresConfig,
  { socket, offersTls }: ReachedServer,
  patience: WaitParts,
): Promise<Outcome<true>> {
  const options = tlsOptions(config)
  if (options === false) return plain(config, offersTls)
  if (!offersTls) return refused(config, new Error(NO_TLS))
  const { host } = config
  const encrypted = connect({ ...options, socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) })
  encrypted.on('error', () => {}) // also what comes after the check, when it is cut
  try {
    await inTime(once(encrypted, 'secureConnect'), patience)
  } catch (error) {
    return error instanceof NoAnswerError ? failed(SILENT) : refused(config, error as Error)
  }
  return trusted(config, encrypted, patience.clock.now())
}

const SILENT = {
  message: 'The server offers TLS, but does not go on with it.',
  hint: 'It may be stalled, or something on the way does not let TLS through. Check again in a moment.',
}

function refused(config: PostgresConfig, error: Error): Outcome<never> {
  const [reason, hint] = denialReason(error, serverNames(config))
  return failed({ message: `The server ${reason}.`, hint })
}

function plain({ host }: PostgresConfig, offersTls: boolean): Outcome<true> {
  if (isLocalHost(host)) return fine('No TLS: what is said does not leave this machine.', true)
  const message = 'No TLS: whoever is on the way can read the tickets, and change them.'
  const hint = offersTls
    ? 'The server offers TLS: choose sslmode=verify-full.'
    : 'Have TLS switched on at the server (ssl = on), unless the network is one that you trust.'
  return warning({ message, hint }, true)
}

/** A certificate that ends soon locks everybody out on that day. */
const SOON_MS = 14 * 86_400_000

function trusted({ tls, caFile }: PostgresConfig, socket: TLSSocket, nowMs: number): Outcome<true> {
  const encrypted = `Encrypted (${socket.getProtocol() ?? 'TLS'})`
  if (tls === 'require') {
    return warning(
      {
        message: `${encrypted}, but to whoever answers: its certificate is not looked at.`,
        hint: 'Choose sslmode=verify-full, and give the CA file where the certificate is your company’s own.',
      },
      true,
    )
  }
  const believed = caFile === null ? 'its certificate is trusted' : `its certificate is trusted by ${caFile}`
  const message = `${encrypted}; ${believed}${tls === 'verify-ca' ? ', whatever name it is made out to' : ''}.`
  const untilMs = Date.parse(socket.getPeerCertificate().valid_to)
  if (untilMs - nowMs > SOON_MS) return fine(message, true)
  const day = new Date(untilMs).toISOString().slice(0, 10)
  return warning(
    {
      message: `${message} It ends on ${day}.`,
      hint: 'Have it renewed before: nobody gets in after that day.',
    },
    true,
  )
}

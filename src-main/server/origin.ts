import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../src-shared/errors/app-error.ts'

const HTTP_PORT = 80

/**
 * Refuses requests that another site made a browser send. The Host must be this server by a name that only this
 * machine has (a name of the attacker's that resolves to 127.0.0.1 is not), and the Origin, where there is one, the
 * same. Throws `forbidden`.
 */
export function checkOrigin(headers: IncomingHttpHeaders, port: number): void {
  const hosts = ownHosts(port)
  if (!hosts.includes(headers.host?.toLowerCase() ?? '')) throw refuse('Host')
  const { origin } = headers
  if (origin !== undefined && !hosts.some((host) => origin.toLowerCase() === `http://${host}`)) {
    throw refuse('Origin')
  }
}

function ownHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  const withPort = names.map((name) => `${name}:${port}`)
  // Browsers leave out the port that the scheme implies.
  return port === HTTP_PORT ? [...names, ...withPort] : withPort
}

function refuse(header: string): AppError {
  return new AppError(
    'forbidden',
    `The request's ${header} is not this server's own, so it may come from another web site. Nothing was done.`,
    { hint: 'Open the dashboard by the link that the terminal shows.' },
  )
}

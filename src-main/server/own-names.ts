import type { IncomingHttpHeaders } from 'node:http'
import { type AppError, nothingDone } from '../../src-shared/errors/app-error.ts'
import { isLoopback, isWildcard } from '../config/server-config.ts'

/** Where the server listens and how it is reached. */
interface Reached {
  readonly host: string
  readonly https: boolean
  /** An origin; null: by where it listens. */
  readonly publicUrl: string | null
}

/** The headers that say by which name a request came. */
interface NamedRequest {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly socket: { readonly localAddress?: string | undefined }
}

/** A request that another site may have made. */
interface ForeignName {
  readonly header: 'host' | 'origin'
  readonly error: AppError
}

const HTTP_PORT = 80
const HTTPS_PORT = 443
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/** The port that browsers know, where a proxy has it: of all servers behind it alike. Null without a public URL. */
export function publicPort(publicUrl: string | null): number | null {
  if (publicUrl === null) return null
  const { port, protocol } = new URL(publicUrl)
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

/** The names of a server that listens at a port. */
export function createOwnNames({ host, https, publicUrl }: Reached, port: number) {
  const scheme = https ? 'https' : 'http'
  const isDefaultPort = port === (https ? HTTPS_PORT : HTTP_PORT)
  const origins = new Map<string, string>()
  const local = new Set<string>()
  const add = (name: string): string => {
    // Browsers leave out the port that the scheme implies.
    const forms = isDefaultPort ? [name, `${name}:${port}`] : [`${name}:${port}`]
    for (const form of forms) origins.set(form, `${scheme}://${forms[0]}`)
    return `${scheme}://${name}:${port}`
  }
  for (const name of LOOPBACK_NAMES) {
    add(name)
    for (const form of [name, `${name}:${port}`]) local.add(form)
  }
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const listensAt = isWildcard(host) ? add('127.0.0.1') : add(bracketed.toLowerCase())
  if (publicUrl !== null) {
    const { host: publicHost, origin } = new URL(publicUrl)
    origins.set(publicHost, origin)
    // Said with the port that the scheme implies, which a URL leaves out.
    origins.set(`${publicHost}:${origin.startsWith('https') ? HTTPS_PORT : HTTP_PORT}`, origin)
    local.delete(publicHost)
  }
  return {
    /** For people: its address as an origin, without a slash at the end. */
    url: publicUrl ?? listensAt,
    /** For other programs of this machine. */
    localUrl: listensAt,
    /** Whether browsers reach it encrypted, by us or by a proxy. */
    https: https || publicUrl?.startsWith('https:') === true,
    /**
     * Refuses requests that another site made a browser send. The Host must be one of this server's names (a name of the
     * attacker's that resolves to its address is not), and the Origin, where there is one, the page that this Host
     * serves. The names that only this machine has are taken on its own loopback alone. Null where nothing is wrong.
     */
    faultOf({ headers, rawHeaders, socket }: NamedRequest): ForeignName | null {
      const named = headers.host?.toLowerCase() ?? ''
      const own = origins.get(named)
      if (own === undefined || saidTwice(rawHeaders)) return foreign('Host')
      if (local.has(named) && !isLoopback(socket.localAddress?.replace(/^::ffff:/, '') ?? '')) {
        return foreign('Host')
      }
      const { origin } = headers
      return origin !== undefined && origin.toLowerCase() !== own ? foreign('Origin') : null
    },
  }
}
export type OwnNames = ReturnType<typeof createOwnNames>

/** Node keeps the first of two; a proxy before it may have looked at the other. */
function saidTwice(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts > 1
}

function foreign(name: 'Host' | 'Origin'): ForeignName {
  const error = nothingDone(
    'forbidden',
    `The request's ${name} is not this server's own, so it may come from another web site.`,
    'Open the dashboard by the address that its start printed, or a link of jira-tpm token link.',
  )
  return { header: name === 'Host' ? 'host' : 'origin', error }
}

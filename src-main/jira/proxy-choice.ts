import { isLoopback } from './loopback.ts'

/** What HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; null where they say nothing. */
export interface ProxySettings {
  readonly httpProxy: string | null
  readonly httpsProxy: string | null
  readonly noProxy: string | null
}

/**
 * The proxy that leads to a URL, null where none does. NO_PROXY is read as curl and undici do: names, with all below
 * them, parted by commas or spaces; `*.name` means only those below; a port may follow; `*` is everything. This machine
 * is never asked for by a proxy.
 */
export function proxyFor(url: URL, { httpProxy, httpsProxy, noProxy }: ProxySettings): string | null {
  const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy
  if (proxy === null || proxy === '' || isLoopback(url.hostname)) return null
  const rules = (noProxy ?? '').split(/[\s,]+/).filter((rule) => rule !== '')
  return rules.some((rule) => matches(rule, url)) ? null : proxy
}

function matches(rule: string, url: URL): boolean {
  if (rule === '*') return true
  const [, bracketed, plain = '', port] = /^(?:\[(.+)\]|([^:]+|.*:.*:.*))(?::(\d+))?$/.exec(rule) ?? []
  if (port !== undefined && port !== portOf(url)) return false
  const name = (bracketed ?? plain).toLowerCase().replace(/\.$/, '')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (name === '') return false
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  const suffix = name.replace(/^\./, '')
  return host === suffix || host.endsWith(`.${suffix}`)
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80')
}

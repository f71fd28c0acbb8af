/**
 * Chromium refuses to navigate to a scheme that it does not know before anyone can answer for it. So app://host/path
 * travels as https://host.app.stand-in.invalid/path: a secure context, always intercepted, and never resolved by any
 * name server (RFC 6761). Only the page itself sees the difference, in its location.
 */
const SUFFIX = '.stand-in.invalid'

export const TRAVELLING = new RegExp(String.raw`^https://[^/]+${SUFFIX.replaceAll('.', String.raw`\.`)}/`)

/** As Chromium gets it. */
export function travellingUrl(address: string, schemes: { has(scheme: string): boolean }): string {
  const url = new URL(address)
  const scheme = url.protocol.slice(0, -1)
  if (!schemes.has(scheme)) return address
  return `https://${url.host}.${scheme}${SUFFIX}${url.pathname || '/'}${url.search}${url.hash}`
}

/** As the app knows it. */
export function originalUrl(address: string): string {
  if (!TRAVELLING.test(address)) return address
  const { hostname, pathname, search, hash } = new URL(address)
  const name = hostname.slice(0, -SUFFIX.length)
  const dot = name.lastIndexOf('.')
  return `${name.slice(dot + 1)}://${name.slice(0, dot)}${pathname}${search}${hash}`
}

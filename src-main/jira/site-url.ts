import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * The address of a Jira, without a slash at its end. Throws `not-configured` where it is none, holds a password, or
 * would send the token over plain HTTP to another machine.
 */
export function siteUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new AppError('not-configured', 'The address of the Jira is not one.', {
      consequence: 'Nothing was sent.',
      hint: 'Give it as https://name.atlassian.net, without a user name or password in it.',
    })
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new AppError(
      'not-configured',
      `The address of the Jira begins with http://, which would let others read the token on its way to ${url.host}.`,
      { consequence: 'Nothing was sent.', hint: 'Give it with https://.' },
    )
  }
  return new URL(`${url.origin}${url.pathname}`.replace(/\/+$/, ''))
}

/** A Jira as people name it: its host, and its path where it has one. */
export function siteAddress({ host, pathname }: URL): string {
  return `${host}${pathname.replace(/\/+$/, '')}`
}

type Value = string | number | boolean

/** A query string's names and values, as jira.js gives them. */
export type SearchParams = Readonly<Record<string, Value | readonly Value[] | null | undefined>>

/**
 * The URL of a request: `path` below the site's address, which may have a path of its own. Lists are repeated
 * (`fields=a&fields=b`), values that are undefined or null left out.
 */
export function requestUrl(site: URL, path: string, searchParams: SearchParams = {}): URL {
  const url = new URL(site)
  url.pathname = site.pathname.replace(/\/$/, '') + path
  for (const [name, value] of Object.entries(searchParams)) {
    if (value === undefined || value === null) continue
    for (const item of typeof value === 'object' ? value : [value])
      url.searchParams.append(name, String(item))
  }
  return url
}

/** Whether a host name (as `URL` gives it) is this machine: nothing sent there can be read on the way. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** A part of a URL as it is meant; as it stands where it is not encoded well. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

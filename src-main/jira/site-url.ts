import { AppError } from '../../src-shared/errors/app-error.ts'
import { isLoopback } from './loopback.ts'

/**
 * The address of a Jira, without a slash at its end. Throws `not-configured` where it is none, holds a password, or
 * would send the token over plain HTTP to another machine.
 */
export function siteUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new AppError('not-configured', 'The address of the Jira is not one. Nothing was sent.', {
      hint: 'Give it as https://name.atlassian.net, without a user name or password in it.',
    })
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new AppError(
      'not-configured',
      `The address of the Jira begins with http://, which would let others read the token on its way to ${url.host}. Nothing was sent.`,
      { hint: 'Give it with https://.' },
    )
  }
  return new URL(`${url.origin}${url.pathname}`.replace(/\/+$/, ''))
}

/** A Jira as people name it: its host, and its path where it has one. */
export function siteAddress({ host, pathname }: URL): string {
  return `${host}${pathname.replace(/\/+$/, '')}`
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError, errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import type { SearchQuery } from './jira.ts'
import { createRedactor } from './credentials.ts'
import {
  answerJson,
  jiraAt,
  startRawServer,
  TEST_TOKEN,
  type Behaviour,
} from '../../test-support/jira/jira.ts'

const never = new AbortController().signal
const QUERY: SearchQuery = {
  jql: 'updated >= 0',
  pageToken: null,
  pageSize: 100,
  reconcileIds: [],
  property: null,
}
const CREDENTIALS = Buffer.from(`ada@example.com:${TEST_TOKEN}`).toString('base64')

/** The token in every place of an answer where a server could put it. */
const PLACES: Readonly<Record<string, (secret: string) => Behaviour>> = {
  'a refusal':
    (secret) =>
    (response, { headers }) =>
      answerJson(response, { errorMessages: [`${secret} ${headers.authorization}`] }, { status: 400 }),
  'a refused field': (secret) => (response) =>
    answerJson(response, { errors: { [secret]: secret } }, { status: 400 }),
  'a 401': (secret) => (response) => response.writeHead(401).end(secret),
  'a 500': (secret) => (response) => response.writeHead(500).end(secret),
  'a content type': (secret) => (response) =>
    response.writeHead(200, { 'content-type': `text/${secret}` }).end(secret),
  'a path of a redirect': (secret) => (response) =>
    response.writeHead(302, { location: `http://x.test/${secret}` }).end(),
  'a host of a redirect': (secret) => (response) =>
    response.writeHead(302, { location: `http://${secret}.test/` }).end(),
  'a rate limit’s reason': (secret) => (response) =>
    response.writeHead(429, { 'ratelimit-reason': secret, 'retry-after': '600' }).end(),
  'a ticket’s key': (secret) => (response) => answerJson(response, { issues: [{ key: secret }] }),
  'a name of a field': (secret) => (response) =>
    answerJson(response, { [secret]: secret, issues: { [secret]: 1 } }),
  'cut JSON': (secret) => (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"${secret}": "${secret}`),
  'a header that is none': (secret) => (response) =>
    response.socket?.end(`HTTP/1.1 200 OK\r\n${secret}\r\n\r\n`),
  'a status line': (secret) => (response) => response.socket?.end(`HTTP/1.1 999 ${secret}\r\n\r\n`),
}

/** Everything that is written down of an error somewhere. */
function textsOf(error: AppError): string {
  const { stack, cause } = error
  return [
    errorText(toWireError(error)),
    stack,
    JSON.stringify(error),
    JSON.stringify(toWireError(error)),
    String(cause),
  ].join(' ')
}

describe('the token is in no error, echoed in', () => {
  const forms = [TEST_TOKEN, CREDENTIALS, TEST_TOKEN.toUpperCase(), encodeURIComponent(TEST_TOKEN)]
  test.each(Object.entries(PLACES))('%s', async (_place, echo) => {
    for (const secret of forms) {
      const server = await startRawServer(echo(secret))
      const error = await jiraAt(server.url)
        .search(QUERY, never)
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(AppError)
      expect(server.requests[0]?.headers.authorization).toBe(`Basic ${CREDENTIALS}`)
      const texts = textsOf(error as AppError).toLowerCase()
      expect(texts).not.toContain(TEST_TOKEN.toLowerCase())
      expect(texts).not.toContain(CREDENTIALS.toLowerCase())
    }
  })
})

test('whatever a token is made of, and whatever stands around it, the redactor takes it out', () => {
  fc.assert(
    fc.property(
      fc
        .string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' })
        .filter((token) => token.trim() === token),
      fc.string(),
      fc.string(),
      (token, before, after) => {
        const clean = createRedactor(
          [token],
          10_000,
        )(`${before} ${token} ${after} ${encodeURIComponent(token)}`)
        expect(clean.replaceAll('(hidden)', '')).not.toContain(token.replaceAll(/\s+/g, ' '))
      },
    ),
  )
})

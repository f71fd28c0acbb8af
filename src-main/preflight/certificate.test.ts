import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate, writeTestFile } from '../../test-support/jira/tls.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { amiss, preflightOf, stepOf } from '../../test-support/preflight/preflight.ts'
import { startTlsFront } from '../../test-support/preflight/tls-front.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())

const DAY_MS = 86_400_000

test.each([
  ['signed by itself', {}, /signed by itself/, /CA file/],
  ['for another host', { names: ['jira.example.com'] }, /jira\.example\.com/, /made out to/],
  [
    'that has expired',
    { notBefore: new Date(Date.now() - 20 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) },
    /expired/,
    /renewed/,
  ],
])('a certificate %s: reached, not believed, and no token was sent', async (_, wishes, message, hint) => {
  const pair = await makeCertificate(wishes)
  const url = await startTlsFront(pair, sandbox.url)
  // Its own certificate is believed where it is one of another host or time: what is left is that.
  const caFile = Object.keys(wishes).length === 0 ? null : await writeTestFile('ca.pem', pair.cert)
  const preflight = await preflightOf(sandbox, {}, { connection: { url, caFile } })
  expect(amiss(preflight)[0]).toBe('certificate failed')
  expect(stepOf(preflight, 'certificate').message).toMatch(message)
  expect(stepOf(preflight, 'certificate').hint).toMatch(hint)
  expect(stepOf(preflight, 'address').message).toContain('answers')
})

test('a company’s own certificate with its CA file is believed, and all goes on', async () => {
  const pair = await makeCertificate()
  const url = await startTlsFront(pair, sandbox.url)
  const caFile = await writeTestFile('ca.pem', pair.cert)
  const preflight = await preflightOf(sandbox, {}, { connection: { url, caFile } })
  expect(preflight.state).toBe('green')
  expect(stepOf(preflight, 'certificate').message).toContain(caFile)
})

test('a CA file that is none: said as it is, and nobody is said to have answered', async () => {
  const pair = await makeCertificate()
  const url = await startTlsFront(pair, sandbox.url)
  const caFile = await writeTestFile('ca.pem', 'not a certificate')
  const preflight = await preflightOf(sandbox, {}, { connection: { url, caFile } })
  expect(amiss(preflight).slice(0, 2)).toEqual(['address failed', 'certificate not-tried'])
  expect(stepOf(preflight, 'address').message).toMatch(/^The CA file .* holds no certificate/)
  expect(stepOf(preflight, 'address').hint).toContain('PEM')
})

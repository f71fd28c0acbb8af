import { beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate, startTlsServer, writeTestFile, type KeyPair } from '../../test-support/jira/tls.ts'
import { GET, testNetwork, transportTo } from '../../test-support/jira/transport.ts'

const never = new AbortController().signal
const DAY_MS = 86_400_000

let authority: KeyPair
let signed: KeyPair

beforeAll(async () => {
  authority = await makeCertificate({ names: ['Company Root'], isAuthority: true })
  signed = await makeCertificate({ issuer: authority })
})

async function askAt(url: string, caFile: string | null): Promise<unknown> {
  return (await transportTo(url, { network: testNetwork({ caFile }) })(GET, never)).data
}

describe('a certificate of a company’s own authority', () => {
  test('is believed with the authority’s file', async () => {
    const server = await startTlsServer(signed)
    const caFile = await writeTestFile('ca.pem', `# our root\n${authority.cert}\n`)
    expect(await askAt(server.url, caFile)).toEqual({})
  })

  test('is believed where the file is the server’s own certificate alone', async () => {
    const server = await startTlsServer(signed)
    expect(await askAt(server.url, await writeTestFile('server.pem', signed.cert))).toEqual({})
  })

  test('is not believed without it, nor with another authority’s; the token stays here', async () => {
    const server = await startTlsServer(signed)
    const other = await makeCertificate({ names: ['Another Root'], isAuthority: true })
    for (const caFile of [null, await writeTestFile('other.pem', other.cert)]) {
      const call = askAt(server.url, caFile)
      await expect(call).rejects.toMatchObject({ code: 'jira-untrusted', failure: 'unsent' })
      await expect(call).rejects.toMatchObject({ hint: expect.stringContaining('CA file') })
    }
    expect(server.authorizations).toEqual([])
  })
})

test.each<[string, () => Promise<KeyPair>, string, string]>([
  ['signed by itself', () => makeCertificate(), 'signed by itself', 'CA file'],
  [
    'that has expired',
    () =>
      makeCertificate({
        issuer: authority,
        notBefore: new Date(Date.now() - 30 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
    'has expired',
    'renewed',
  ],
  [
    'of tomorrow',
    () => makeCertificate({ issuer: authority, notBefore: new Date(Date.now() + DAY_MS) }),
    'not valid yet',
    'clock',
  ],
  [
    'for another host',
    () => makeCertificate({ issuer: authority, names: ['jira.example.com', 'jira'] }),
    'another host (jira.example.com, jira)',
    'made out to',
  ],
])('a certificate %s is refused, and it says so', async (_what, make, problem, hint) => {
  const server = await startTlsServer(await make())
  const call = askAt(server.url, await writeTestFile('ca.pem', authority.cert))
  await expect(call).rejects.toMatchObject({ code: 'jira-untrusted', hint: expect.stringContaining(hint) })
  await expect(call).rejects.toThrow(problem)
  expect(server.authorizations).toEqual([])
})

test('an https address at which there is plain http is reported as that', async () => {
  const { startRawServer } = await import('../../test-support/jira/jira.ts')
  const server = await startRawServer(() => {})
  const call = askAt(`https://localhost:${server.port}`, null)
  await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
  await expect(call).rejects.toThrow('does not speak HTTPS')
})

describe('a CA file', () => {
  test.each([
    ['that is a private key', () => writeTestFile('key.pem', authority.key), 'holds no certificate'],
    ['that is empty', () => writeTestFile('empty.pem', ''), 'holds no certificate'],
    [
      'with a spoilt certificate',
      () => writeTestFile('cut.pem', `${authority.cert}\n${authority.cert.replace(/M.{20}/, '')}`),
      'cannot be read (number 2)',
    ],
    ['that is not there', async () => '/nowhere/ca.pem', 'is not there'],
    ['that is a folder', async () => import.meta.dirname, 'is no plain file'],
    ['that never ends', async () => '/dev/zero', /is no plain file|is not there/],
    ['of another kind', () => writeTestFile('film.mp4', 'x'.repeat(4 * 2 ** 20 + 1)), 'has more than 4 MiB'],
  ])('%s is a clear error, and nothing is sent', async (_what, make, problem) => {
    const server = await startTlsServer(signed)
    const call = askAt(server.url, await make())
    await expect(call).rejects.toMatchObject({ code: 'not-configured' })
    await expect(call).rejects.toThrow(problem)
    await expect(call).rejects.not.toThrow('PRIVATE KEY')
    expect(server.authorizations).toEqual([])
  })

  test('that was wrong is read again', async () => {
    const server = await startTlsServer(signed)
    const caFile = await writeTestFile('ca.pem', '')
    const transport = transportTo(server.url, { network: testNetwork({ caFile }) })
    await expect(transport(GET, never)).rejects.toMatchObject({ code: 'not-configured' })
    const { writeFile } = await import('node:fs/promises')
    await writeFile(caFile, authority.cert)
    expect((await transport(GET, never)).data).toEqual({})
  })
})

import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SandboxSettings } from '#jira-sandbox'
import { startTestSandbox } from '#jira-sandbox/testing'
import { atEnd } from '../end.ts'

/** A sandbox that is watched as somebody's real Jira, and what is sent to it. */
export type CountedJira = Awaited<ReturnType<typeof startCountedJira>>

export async function startCountedJira(settings: Partial<SandboxSettings> = {}) {
  const site = await startTestSandbox({ deployment: 'cloud', ...settings })
  atEnd(() => site.stop())
  const paths: string[] = []
  let latencyMs = 0
  const front = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    paths.push(url)
    setTimeout(() => {
      const onward = request(site.url + url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    }, latencyMs)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  atEnd(async () => {
    front.closeAllConnections()
    front.close()
  })
  return {
    site,
    /** The paths of all requests that arrived. */
    paths,
    /** For `openServedApp`. */
    env: {
      JIRA_URL: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
      JIRA_USER: site.email,
      JIRA_API_KEY: site.apiToken,
      JIRA_PROJECT: 'TPM',
    },
    /** Each request that comes from now on is kept back for so long (ms). */
    setLatency(ms: number) {
      latencyMs = ms
    },
  }
}

import { startTestSandbox } from '#jira-sandbox/testing'
import { freePort } from '../../../test-support/free-port.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import type { Cluster } from '../cluster.ts'
import { prepareServer } from '../server.ts'
import { until } from '../until.ts'
import { heldBy, watchedKeys } from './ledger.ts'

const HISTORY = { historyTickets: 8_000, historyHours: 24 * 60 }
/** A Jira at its slowest: a first fetch takes so long that something can happen in its middle. */
const SLOW = { match: { path: '/search/jql$' }, kind: 'late', ms: 700 } as const

export type FirstFetches = Awaited<ReturnType<typeof openFirstFetches>>

/** Teams that begin: each a server over a database of its own in the cluster, that fetches all of another Jira. */
export async function openFirstFetches(cluster: Cluster, cli: string) {
  const { machine } = cluster
  const site = await startTestSandbox({ ...HISTORY, file: machine.place('other-jira.sqlite') })
  await site.setFaults([SLOW])
  const wanted = await watchedKeys(site)
  let begun = 0
  return {
    /** Resolves when some of it is stored. */
    async begin(signal: AbortSignal) {
      begun += 1
      const name = `newcomer${begun}`
      await queryOnce(cluster.url(), `CREATE DATABASE ${name}`)
      const url = cluster.url(name)
      const server = prepareServer(machine, {
        cli,
        name,
        port: await freePort(),
        env: {
          ...cluster.env(name),
          JIRA_URL: site.url,
          JIRA_USER: site.email,
          JIRA_API_KEY: site.apiToken,
          JIRA_PROJECT: 'TPM',
        },
      })
      await server.start()
      const stored = async (): Promise<number> => (await heldBy(url)).keys.length
      await until('a first fetch is under way', async () => (await stored()) > 0, { signal })
      return {
        isUnderWay: async () => (await stored()) < wanted.length,
        /** Resolves when all is fetched. Throws where something is lost, or there twice. */
        async finish(): Promise<void> {
          const isWhole = async (): Promise<boolean> => (await stored()) >= wanted.length
          await until('a first fetch is done', isWhole, { signal, said: server.said })
          const { keys, counted } = await heldBy(url)
          if (keys.join() !== wanted.join() || counted !== wanted.length)
            throw new Error(
              `A first fetch has ${keys.length} tickets and counts ${counted} of ${wanted.length}`,
            )
          await server.kill()
        },
      }
    },
    /** How many tickets each has to fetch. */
    size: wanted.length,
    stop: () => site.stop(),
  }
}

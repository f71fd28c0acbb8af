import { createTeamClient } from '../../../src-main/team/team-client.ts'
import { createCountsFeed, type ShownCounts } from '../../../src-renderer/live/counts-feed.ts'
import { minuteOf, startOfMinute } from '../../../src-shared/domain/minute.ts'

const HOUR_MS = 3_600_000
const NO_PROXIES = { httpProxy: null, httpsProxy: null, noProxy: null }

export type Viewer = ReturnType<typeof openViewer>

/** A window's connection to a server and the chart that it keeps, from a snapshot and what it is told. */
export function openViewer(url: string, token: string) {
  const account = {
    serverId: null,
    token: async () => token,
    renewedMs: () => Date.now(),
    renewed: async () => {},
  }
  const team = createTeamClient({ url, caFile: null, proxies: NO_PROXIES, account, log: { warn: () => {} } })
  let shown: ShownCounts | null = null
  const feed = createCountsFeed(team.client, (next) => (shown = next))
  const nowMs = startOfMinute(minuteOf(Date.now()))
  const span = { fromMs: nowMs - 2 * HOUR_MS, toMs: nowMs + 3 * HOUR_MS }
  team.client.on('counts.changed', (event) => feed.apply(event))
  // What was missed while the connection was lost comes with a new snapshot.
  team.client.on('session.changed', () => feed.reload())
  team.client.on('store.changed', ({ failure }) => failure === null && feed.reload())
  // As a window with each minute.
  const ticker = setInterval(() => feed.reload(), 60_000)
  team.start()
  feed.show(span, 1, 'UTC')
  return {
    call: ((method, params) => team.client.call(method, params)) as typeof team.client.call,
    span,
    /** The number of the last commit that it shows; -1 before it shows any. */
    seq: (): number => shown?.counts?.seq ?? -1,
    /** How many tickets it shows. */
    total: (): number => totalOf(shown?.counts?.counts ?? []),
    /** Whether it shows what a new snapshot of its server does. */
    async isRight(): Promise<boolean> {
      const { counts } = await team.client.call('counts.get', { ...span, bucketMinutes: 1 })
      return JSON.stringify(counts) === JSON.stringify(shown?.counts?.counts)
    },
    async close(): Promise<void> {
      clearInterval(ticker)
      feed.stop()
      await team.stop()
    },
  }
}

function totalOf(counts: readonly (readonly number[])[]): number {
  return counts.flat().reduce((sum, count) => sum + count, 0)
}

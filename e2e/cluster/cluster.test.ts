import { existsSync } from 'node:fs'
import { inject, test, expect, onTestFinished } from 'vitest'
import type { TestPrograms } from '../../test-support/setup.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { startCluster } from './cluster.ts'
import { processesOf } from './processes.ts'
import { resultLine } from './report.ts'
import { playRound, proveAll } from './rounds.ts'
import { startTeam } from './team.ts'

const PATIENCE_MS = 300_000
const VIEWERS = 20
/** From the first write that a new primary takes: HAProxy's half second, and one try at most. */
const OURS_MS = 2_000

test.each([
  { way: 'by HAProxy', isPooled: false },
  { way: 'through PgBouncer', isPooled: true },
])(
  'kill -9 of the primary in the middle of a drill, a first fetch and an alert, $way: all is right again, nothing is lost or there twice',
  { timeout: PATIENCE_MS },
  async ({ isPooled }) => {
    const { cli }: TestPrograms = inject('programs')
    const { signal } = new AbortController()
    const cluster = await startCluster({ isPooled })
    onTestFinished(() => cluster.stop())
    const team = await startTeam({ cluster, cli, viewers: VIEWERS, signal })
    onTestFinished(() => team.stop())
    const scene = { cluster, team, signal }
    const round = await playRound(scene, 'machine')
    console.info(resultLine(round))
    console.info(await proveAll(scene, [round]))
    const { primaryMs = 0, writtenMs } = round.times
    expect(writtenMs - primaryMs).toBeLessThan(promisedMs(OURS_MS))
    await team.stop()
    await cluster.stop()
    const { folder } = cluster.machine
    expect({ processes: processesOf(folder), isThere: existsSync(folder) }).toEqual({
      processes: [],
      isThere: false,
    })
  },
)

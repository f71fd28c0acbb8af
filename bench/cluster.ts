import { projectFile } from '../src-main/runtime/project-files.ts'
import { startCluster } from '../e2e/cluster/cluster.ts'
import { FAULT_NAMES, FAULTS, type FaultName } from '../e2e/cluster/faults.ts'
import { keepFilesInMemory } from '../e2e/cluster/machine.ts'
import { whyNoCluster } from '../e2e/cluster/programs.ts'
import { playRound, proveAll, type Round } from '../e2e/cluster/rounds.ts'
import { startTeam } from '../e2e/cluster/team.ts'
import { atMost, median, type BenchResult } from './bench.ts'

const ROUNDS = 3
const VIEWERS = 200

/**
 * A team over three PostgreSQL under Patroni (`npm run cluster`), all on this machine: from when a part of it dies until all is
 * right again. Some minutes. Throws where anything is lost, or there twice.
 */
export async function run(): Promise<BenchResult[]> {
  const why = whyNoCluster()
  if (why !== null) throw new Error(why)
  keepFilesInMemory()
  const { signal } = new AbortController()
  const cluster = await startCluster({ etcdMembers: 3 })
  try {
    const cli = projectFile('out', 'main', 'cli.js')
    const team = await startTeam({ cluster, cli, viewers: VIEWERS, signal })
    try {
      const scene = { cluster, team, signal }
      const rounds: Round[] = []
      for (let n = 0; n < ROUNDS; n++)
        for (const fault of FAULT_NAMES) rounds.push(await playRound(scene, fault))
      console.log(`  ${await proveAll(scene, rounds)}`)
      return FAULT_NAMES.flatMap((fault) => figuresOf(fault, rounds))
    } finally {
      await team.stop()
    }
  } finally {
    await cluster.stop()
  }
}

function figuresOf(fault: FaultName, rounds: readonly Round[]): BenchResult[] {
  const { title } = FAULTS[fault]
  const own = rounds.filter((round) => round.fault === fault).map(({ times }) => times)
  const right = own.map(({ shownMs }) => Math.max(...shownMs) / 1_000)
  const ours = own.flatMap(({ primaryMs, writtenMs }) =>
    primaryMs === undefined ? [] : [(writtenMs - primaryMs) / 1_000],
  )
  const ofOurs = {
    name: '… of which ours, after the new primary takes writes, median',
    value: median(ours),
    unit: 's',
  }
  return [
    atMost(15, { name: `${title}: right again, median`, value: median(right), unit: 's' }),
    { name: '… at most', value: Math.max(...right), unit: 's' },
    ...(ours.length === 0 ? [] : [atMost(2, ofOurs)]),
  ]
}

import path from 'node:path'
import { parseArgs } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import { startCluster, type Cluster } from './cluster.ts'
import { FAULT_NAMES, FAULTS, type FaultName, type Scene } from './faults.ts'
import { SCOPE } from './patroni.ts'
import { keepFilesInMemory } from './machine.ts'
import { whyNoCluster } from './programs.ts'
import { resultLine, resultTable } from './report.ts'
import { playRound, proveAll, type Round } from './rounds.ts'
import { startTeam, type Team } from './team.ts'

const HELP = `npm run cluster -- [options]

A team on this machine: three PostgreSQL under Patroni, three etcd, HAProxy, a sandbox Jira with webhooks, a server that
fetches, one that stands by, two edges, viewers. Parts of it are killed while runs go on; an audit says whether anything
was lost (exit 1). Nothing of it is left when it ends.

  --rounds <n>     how often each fault happens (default: 1)
  --faults <list>  which, by commas: ${FAULT_NAMES.join(', ')} (default: all)
  --viewers <n>    how many look on (default: 200)
  --pgbouncer      puts PgBouncer before the database, in transaction mode
  --keep           leaves it running after that, until Ctrl-C
  --no-faults      kills nothing: with --keep, to look around
`

interface Wishes {
  readonly rounds: number
  readonly faults: readonly FaultName[]
  readonly viewers: number
  readonly pgbouncer: boolean
  readonly keep: boolean
}

const cli = path.join(import.meta.dirname, '../../out/main/cli.js')
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort())
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const wishes = readWishes()
keepFilesInMemory()
const why = whyNoCluster()
if (why !== null) {
  process.stderr.write(`No cluster can be started here: ${why}\n`)
  process.exit(1)
}
process.exit(await play(wishes))

function readWishes(): Wishes {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '1' },
        faults: { type: 'string', default: FAULT_NAMES.join(',') },
        viewers: { type: 'string', default: '200' },
        pgbouncer: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        'no-faults': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      say(HELP)
      process.exit(0)
    }
    const faults = values['no-faults'] ? [] : values.faults.split(',')
    const unknown = faults.filter((name) => !FAULT_NAMES.includes(name as FaultName))
    if (unknown.length > 0) throw new Error(`There is no fault ${unknown.join(', ')}.`)
    return {
      rounds: whole('--rounds', values.rounds),
      faults: faults as FaultName[],
      viewers: whole('--viewers', values.viewers),
      pgbouncer: values.pgbouncer,
      keep: values.keep,
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`)
    return process.exit(2)
  }
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`${name} is a whole number from 1 on, not ${text}.`)
  return Number(text)
}

/** Gives the exit code. */
async function play({ rounds, faults, viewers, pgbouncer, keep }: Wishes): Promise<0 | 1> {
  const { signal } = interrupted
  let cluster: Cluster | undefined
  let team: Team | undefined
  try {
    say('Starting three PostgreSQL under Patroni, three etcd and HAProxy …')
    cluster = await startCluster({ etcdMembers: 3, isPooled: pgbouncer, signal })
    say('Starting a sandbox Jira, a server that fetches, one that stands by, and two edges …')
    team = await startTeam({ cluster, cli, viewers, signal })
    say(await links(cluster, team))
    const scene = { cluster, team, signal }
    await playAll(scene, Array.from({ length: rounds }, () => faults).flat())
    if (keep) {
      say('\nAll of it goes on until Ctrl-C.')
      await delay(2 ** 31 - 1, undefined, { signal }).catch(() => {})
    }
    return 0
  } catch (error) {
    if (signal.aborted) say('\nInterrupted: all of it is ended. Nothing was proven.')
    else process.stderr.write(`\n${(error as Error).message}\n\nNOT RIGHT: see above.\n`)
    return 1
  } finally {
    await team?.stop()
    await cluster?.stop()
  }
}

async function playAll(scene: Scene, faults: readonly FaultName[]): Promise<void> {
  if (faults.length === 0) return
  const rounds: Round[] = []
  say('While a drill and a first fetch go on, somebody else makes tickets, and all look on:\n')
  for (const [n, fault] of faults.entries()) {
    say(`${n + 1} of ${faults.length}  ${FAULTS[fault].title} …`)
    const round = await playRound(scene, fault)
    rounds.push(round)
    say(`        ${resultLine(round)}`)
  }
  say(`\n${resultTable(rounds)}\n`)
  say(`Nothing was lost, and nothing is there twice: ${await proveAll(scene, rounds)}`)
}

async function links({ nodes, url, machine }: Cluster, team: Team): Promise<string> {
  const [node] = nodes
  return `
  The dashboard     ${await team.link()}
                    (opens once, within two hours; HAProxy leads to one of two edges)
  The sandbox Jira  ${team.site.url}   ${team.site.email}   ${team.site.apiToken}
                    tells of changes at ${team.hooksUrl}
  The database      ${url('tpm')}
  The cluster       patronictl -c ${node?.file} list ${SCOPE}
  Logs and data     ${machine.folder}
`
}

import { auditVerdict } from '../../src-shared/domain/audit-verdict.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import { FAULTS, makeTickets, type FaultName, type Scene } from './faults.ts'
import { DRILL, startDrill } from './meanwhile/drill.ts'
import { heldBy, watchedKeys } from './meanwhile/ledger.ts'
import type { Viewer } from './meanwhile/viewer.ts'
import { load, type Result } from './report.ts'
import { DATABASE } from './team.ts'
import { until } from './until.ts'

/** A round that was played, and the run of its drill. */
export interface Round extends Result {
  readonly runId: string
}

/**
 * One fault in the middle of a drill, of a first fetch, of fetches and of webhooks; gives its times when the drill has rung,
 * its run is done and its audit is well, and everything is fetched.
 */
export async function playRound(scene: Scene, fault: FaultName): Promise<Round> {
  const { cluster, team, signal } = scene
  await cluster.settled()
  const firstFetch = await team.firstFetches.begin(signal)
  const drill = await startDrill(team, signal)
  const calm = new AbortController()
  const strangers = makeTickets(team, AbortSignal.any([calm.signal, signal]))
  try {
    if (!(await firstFetch.isUnderWay())) throw new Error('The first fetch was done before anything happened')
    const times = await FAULTS[fault].happen(scene)
    await finish(scene, { runId: drill.runId, itsServerDied: fault === 'fetcher' })
    await drill.rang()
    await firstFetch.finish()
    return { fault, times, alarmMs: await alarmMs(scene, drill), load: load(), runId: drill.runId }
  } finally {
    calm.abort()
    await strangers
  }
}

/** From when a drill had as many tickets as the rule needs, which counts by whole minutes, until somebody was told of its alarm. */
async function alarmMs(
  { team, signal }: Scene,
  { runId, startMs }: { readonly runId: string; readonly startMs: number },
): Promise<number> {
  const { alarms, site } = team
  const fromMs = startOfMinute(minuteOf(startMs))
  const since = (await site.truth())
    .filter(({ priorityId, createdMs }) => priorityId <= 2 && createdMs >= fromMs)
    .map(({ createdMs }) => createdMs)
    .toSorted((a, b) => a - b)
  const takenMs = await until('the alarm of the drill is told', () => alarms.takenMs(runId), { signal })
  return takenMs - Math.max(startMs, since[alarms.needs - 1] ?? Number.NaN)
}

/**
 * A run goes on by itself whatever becomes of its database; one whose server died breaks off, and is resumed as by a person.
 * Throws where the audit finds anything.
 */
async function finish(
  scene: Scene,
  { runId, itsServerDied }: { readonly runId: string; readonly itsServerDied: boolean },
): Promise<void> {
  const { team, signal } = scene
  const { viewer } = team
  const isDone = async (): Promise<boolean> => {
    const run = await viewer.call('runs.get', { runId })
    if (run.state === 'broken' && itsServerDied)
      await viewer.call('runs.resume', { runId, missed: 'catch-up' })
    return run.state === 'done'
  }
  await until('the run is done', isDone, { everyMs: 500, timeoutMs: 300_000, signal })
  const audit = await settledAudit(viewer, () => viewer.call('audit.run', { runId }), signal)
  if (audit.created !== DRILL.count)
    throw new Error(`Of ${DRILL.count} tickets of the run ${audit.created} were made`)
}

/** Asked again while there is something that is merely not fetched yet. Throws what it finds in the end. */
async function settledAudit(
  viewer: Viewer,
  ask: () => Promise<AuditResult>,
  signal: AbortSignal,
): Promise<AuditResult> {
  return until(
    'an audit without a difference',
    async () => {
      await viewer.call('sync.now', {})
      const audit = await ask()
      if (!audit.ok) throw new Error(auditVerdict(audit).sentence)
      return audit
    },
    { everyMs: 1_000, signal },
  )
}

/**
 * Whether nothing was lost and nothing is there twice, of all rounds: by the audit of their span, by SQL of our own beside
 * what the sandbox really has, in each viewer's chart, and of alarms. Throws what is not so; gives sentences.
 */
export async function proveAll(scene: Scene, rounds: readonly Round[]): Promise<string> {
  const { cluster, team, signal } = scene
  const { viewer } = team
  const audit = await settledAudit(viewer, () => viewer.call('audit.span', { ...viewer.span }), signal)
  const wanted = await watchedKeys(team.site)
  const held = await heldBy(cluster.url(DATABASE))
  const lost = wanted.filter((key) => !held.keys.includes(key))
  const slots = JSON.stringify(held.slots)
  if (lost.length > 0) throw new Error(`Lost: ${lost.join(', ')}`)
  if (held.keys.length !== wanted.length)
    throw new Error(`${held.keys.length} tickets are stored of ${wanted.length}`)
  if (held.counted !== wanted.length) throw new Error(`${held.counted} are counted of ${wanted.length}`)
  if (slots !== JSON.stringify({ created: rounds.length * DRILL.count }))
    throw new Error(`Slots are ${slots}`)
  await until(
    'every chart shows all of them',
    async () => {
      const wrong = await team.viewers.wrong(wanted.length)
      if (wrong > 0) throw new Error(`${wrong} do not`)
      return true
    },
    { everyMs: 1_000, signal },
  )
  const told = await team.alarms.prove(
    rounds.map(({ runId }) => runId),
    signal,
  )
  return `${audit.planned} planned, ${audit.created} created, each once; ${wanted.length} watched tickets in Jira, as many stored, counted and shown to ${team.viewers.count} viewers. ${rounds.length} first fetches of ${team.firstFetches.size} tickets each. ${told}`
}

import { auditVerdict } from '../../src-shared/domain/audit-verdict.ts'
import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import { FAULTS, makeTickets, type FaultName, type Scene } from './faults.ts'
import { heldBy, watchedKeys } from './ledger.ts'
import { load, type Result } from './report.ts'
import { DATABASE } from './team.ts'
import { until } from './until.ts'
import type { Viewer } from './viewer.ts'

/** Of the run that goes on while something is killed. */
const RUN = { count: 90, minutes: 0.75, profile: 'even' } as const
/** So many of them are made before. */
const UNDER_WAY = 5

/** One fault in the middle of a run, of fetches and of webhooks; gives its times when the run is done and its audit is well. */
export async function playRound(scene: Scene, fault: FaultName): Promise<Result> {
  const { cluster, team, signal } = scene
  const viewer = viewerOf(scene)
  await cluster.settled()
  const confirmedSite = (await viewer.call('session.get', {})).site.id
  const { runId } = await viewer.call('runs.start', { ...RUN, confirmedSite })
  const isUnderWay = async (): Promise<boolean> =>
    (await viewer.call('runs.get', { runId })).created >= UNDER_WAY
  await until('a run is under way', isUnderWay, { signal })
  const calm = new AbortController()
  const strangers = makeTickets(team, AbortSignal.any([calm.signal, signal]))
  try {
    const times = await FAULTS[fault].happen(scene)
    await finish(viewer, runId, signal)
    return { fault, times, load: load() }
  } finally {
    calm.abort()
    await strangers
  }
}

/** As a person who looks on: what broke off, because its server died, is resumed. Throws where the audit finds anything. */
async function finish(viewer: Viewer, runId: string, signal: AbortSignal): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    const run = await viewer.call('runs.get', { runId })
    if (run.state === 'broken') await viewer.call('runs.resume', { runId, missed: 'catch-up' })
    return run.state === 'done'
  }
  await until('the run is done', isDone, { everyMs: 500, timeoutMs: 300_000, signal })
  const audit = await settledAudit(viewer, () => viewer.call('audit.run', { runId }), signal)
  if (audit.created !== RUN.count)
    throw new Error(`Of ${RUN.count} tickets of the run ${audit.created} were made`)
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
 * what the sandbox really has, and in each viewer's chart. Throws what is not so; gives a sentence.
 */
export async function proveAll(scene: Scene, runs: number): Promise<string> {
  const { cluster, team, signal } = scene
  const viewer = viewerOf(scene)
  const audit = await settledAudit(viewer, () => viewer.call('audit.span', { ...viewer.span }), signal)
  const wanted = await watchedKeys(team.site)
  const held = await heldBy(cluster.url(DATABASE))
  const lost = wanted.filter((key) => !held.keys.includes(key))
  const slots = JSON.stringify(held.slots)
  if (lost.length > 0) throw new Error(`Lost: ${lost.join(', ')}`)
  if (held.keys.length !== wanted.length)
    throw new Error(`${held.keys.length} tickets are stored of ${wanted.length}`)
  if (held.counted !== wanted.length) throw new Error(`${held.counted} are counted of ${wanted.length}`)
  if (slots !== JSON.stringify({ created: runs * RUN.count })) throw new Error(`Slots are ${slots}`)
  await until(
    'every chart shows all of them',
    () => team.viewers.every((one) => one.total() === wanted.length),
    {
      signal,
    },
  )
  return `${audit.planned} planned, ${audit.created} created, each once; ${wanted.length} watched tickets in Jira, as many stored, counted and shown to ${team.viewers.length} viewers.`
}

function viewerOf({ team: { viewers } }: Scene): Viewer {
  const [viewer] = viewers
  if (viewer === undefined) throw new Error('Nobody looks on')
  return viewer
}

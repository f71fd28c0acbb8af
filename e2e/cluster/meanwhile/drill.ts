import type { Team } from '../team.ts'
import { until } from '../until.ts'

/** All of them watched: a rule sees no others. */
export const DRILL = { count: 60, minutes: 0.5 } as const
/** So many of them are made before something happens. */
const UNDER_WAY = 5
const WITHIN = '2m'

/** What `jira-tpm drill --json` prints, as far as it is looked at. */
interface DrillDocument {
  readonly state: string
}

/** Has the command line rehearse an alarm; resolves when its run is under way. */
export async function startDrill({ viewer, operator }: Team, signal: AbortSignal) {
  const { count, minutes } = DRILL
  const former = (await viewer.call('runs.current', {}))?.runId
  const ended = operator.run(
    ...`drill --count ${count} --minutes ${minutes} --profile even --only-watched`.split(' '),
    ...`--expect-alert-within ${WITHIN} --yes`.split(' '),
  )
  let isOver = false
  ended.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  const run = await until(
    'a drill is under way',
    async () => {
      if (isOver) throw new Error(JSON.stringify(await ended))
      const current = await viewer.call('runs.current', {})
      return current !== null && current.runId !== former && current.created >= UNDER_WAY && current
    },
    { signal },
  )
  return {
    runId: run.runId,
    startMs: run.startMs,
    /** Resolves when the command has ended. Throws where no alarm came in time. */
    async rang(): Promise<void> {
      const { document, said } = await ended
      const { state = 'nothing' } = (document ?? {}) as Partial<DrillDocument>
      if (state !== 'in-time') throw new Error(`jira-tpm drill says ${state}: ${said}`)
    },
  }
}

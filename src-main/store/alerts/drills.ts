import { isOfStorms, type DrillAlarm, type DrillTimes } from '../../../src-shared/domain/run/drill.ts'
import { rows, sql, type Database, type Steps } from '../sql.ts'

/** A run whose tickets count for the rules until then, and what is expected of it. Site epoch ms. */
export interface StoredDrill extends DrillTimes {
  readonly runId: string
  readonly untilMs: number
  /** The names of the rules that were on when it began. */
  readonly rules: readonly string[]
}

const ADD = `
  INSERT INTO alert_drills (site_id, run_id, until_ms, storm_ms, due_ms, rules)
  VALUES (:siteId, :runId, :untilMs, :stormMs, :dueMs, :rules)`
/** There is one run at a time: what another one makes is no storm of its. */
const END_OTHERS = `
  UPDATE alert_drills SET until_ms = :fromMs WHERE site_id = :siteId AND until_ms > :fromMs`
const ONE = `
  SELECT run_id AS "runId", until_ms AS "untilMs", storm_ms AS "stormMs", due_ms AS "dueMs", rules
  FROM alert_drills WHERE site_id = :siteId AND run_id = :runId`
const ALARMS = `
  SELECT rule, started_ms AS "startedMs" FROM alerts WHERE site_id = :siteId AND run_id = :runId AND run_id <> ''`

interface AlarmRow {
  readonly rule: string
  readonly startedMs: number
}

type DrillRow = Omit<StoredDrill, 'rules'> & { readonly rules: string }

/** The drills, and which alarms came in them. */
export function createDrillStore(db: Database) {
  return {
    /** From its commit on the run's tickets count for the rules; other drills are over with its begin (site epoch ms). */
    addDrill: (siteId: string, fromMs: number, { rules: names, ...drill }: StoredDrill): Promise<void> =>
      db.write(function* (tx) {
        yield* rows(sql(END_OTHERS, { siteId, fromMs }))
        yield* rows(sql(ADD, { siteId, ...drill, rules: JSON.stringify(names) }))
        tx.notify(siteId, 'alerts')
      }),

    /** Null where the run is no drill. */
    drill: (siteId: string, runId: string) =>
      db.read(function* (): Steps<{ drill: StoredDrill; alarms: DrillAlarm[] } | null> {
        const [[found], alarms] = yield* rows(
          sql<DrillRow>(ONE, { siteId, runId }),
          sql<AlarmRow>(ALARMS, { siteId, runId }),
        )
        if (found === undefined) return null
        const drill = { ...found, rules: JSON.parse(found.rules) as string[] }
        const inOrder = alarms.toSorted((a, b) => a.startedMs - b.startedMs)
        return { drill, alarms: inOrder.flatMap(alarmOf) }
      }),
  }
}

/** Rules about tickets that are missing rehearse nothing. */
function alarmOf({ rule, startedMs }: AlarmRow): DrillAlarm[] {
  const { name, condition } = JSON.parse(rule) as { name: string; condition: { kind: string } }
  return isOfStorms(condition) ? [{ rule: name, startedMs }] : []
}

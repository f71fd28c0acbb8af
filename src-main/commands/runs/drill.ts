import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { Drill } from '../../../src-shared/contract/alerts/drills.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { isoInstant, MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { drillText, drillPlanText } from '../../../src-shared/domain/run/drill-text.ts'
import { isOfStorms } from '../../../src-shared/domain/run/drill.ts'
import { AppError, noTicketMade } from '../../../src-shared/errors/app-error.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { reachedServer } from '../cli/reach.ts'
import { EXIT, say, type CliIo } from '../cli/io.ts'
import { DRILL_COMPRESS, type DRILL } from '../run-commands.ts'
import { agreedRequest, refuseRun } from './create-tickets.ts'
import { seeRunThrough } from './follow-run.ts'
import { whenReadable } from './outage.ts'
import { incompleteText, runDocument, runText } from './run-document.ts'

type DrillCall = CommandCall<'core', typeof DRILL>

/** It is looked at again so often (ms) besides when a rule rings: its time is over by the clock. */
const LOOK_EVERY_MS = 1_000
/** In which an alarm has to come where nothing is said. */
const USUAL_MS = 5 * MS_PER_MINUTE

export async function drill(call: DrillCall): Promise<void> {
  const { io, options, open, print, exitWith } = call
  const config = call.config()
  await refuseRun(io, config, options)
  // A server's time is everybody's.
  const isSandbox = config.jira.kind === 'sandbox' && (await reachedServer(config)) === null
  const usual = isSandbox
    ? { compress: DRILL_COMPRESS, ...(options.weights === undefined && { onlyWatched: true as const }) }
    : {}
  const time = (ms: number): string => wallTime(ms, config.zone)
  await open(
    config,
    async ({ client, start: fetchAndEvaluate }) => {
      if (!(await canRing(client))) {
        print({ run: null, state: 'missed', why: NO_RULE }, `${NO_RULE} No ticket was made. ${ADD_RULE}`)
        return exitWith(EXIT.noAlarm)
      }
      await fetchAndEvaluate()
      const asked = await agreedRequest(io, client, config, { ...usual, ...options })
      if (asked === null) return say(io, 'No ticket was made.')
      const within = { withinMinutes: (options.expectAlertWithin ?? USUAL_MS) / MS_PER_MINUTE }
      const start = async (): Promise<RunProgress> => {
        const begun = await client.call('runs.start', { ...asked, drill: within })
        const planned = await drillOf(io, client, begun.runId)
        say(io, drillPlanText(planned, time))
        return begun
      }
      const run = await seeRunThrough(io, client, start, options.missed)
      const drilled = await decided(io, client, run.runId)
      const minutes = await whenReadable(io, () => client.call('runs.minutes', { runId: run.runId }))
      const text = [drillText(drilled, time), runText(run)].join('\n')
      print({ ...drillDocument(drilled), ...runDocument(run, minutes) }, text)
      if (drilled.state !== 'in-time') return exitWith(EXIT.noAlarm)
      if (run.created === run.planned) return undefined
      say(io, incompleteText(run))
      return exitWith(EXIT.failed)
    },
    { background: true },
  )
}

const NO_RULE = 'No rule is on that rings for many tickets, so no alarm can come.'
const ADD_RULE = 'jira-tpm alerts add --above-usual adds one.'

async function canRing(client: Client): Promise<boolean> {
  const { rules, away } = await client.call('alerts.list', {})
  if (away !== null) throw noTicketMade('usage', away, 'Wait until the store can be reached again.')
  return rules.some(({ on, condition }) => on && isOfStorms(condition))
}

async function drillOf(io: CliIo, client: Client, runId: string): Promise<Drill> {
  const found = await whenReadable(io, () => client.call('drills.get', { runId }))
  if (found === null) throw new AppError('not-found', `Run ${runId} is no drill.`)
  return found
}

/** The drill when it is known how it went. Throws `cancelled` after Ctrl-C. */
async function decided(io: CliIo, client: Client, runId: string): Promise<Drill> {
  const { signal } = io
  for (;;) {
    const found = await drillOf(io, client, runId)
    if (found.state !== 'waiting') return found
    const rung = new AbortController()
    const leave = client.on('alerts.changed', () => rung.abort())
    await wait(LOOK_EVERY_MS, undefined, { signal: AbortSignal.any([signal, rung.signal]) }).catch(() => {})
    leave()
    if (signal.aborted) throw interrupted(runId)
  }
}

function interrupted(runId: string): AppError {
  return new AppError('cancelled', `It was not waited for the alarm of run ${runId}.`, {
    consequence: 'Its tickets are made; a rule may still ring.',
    hint: 'jira-tpm alerts history shows whether one did.',
  })
}

function drillDocument({ runId, stormMs, dueMs, rules, state, alarm, afterMinutes }: Drill) {
  return {
    run: runId,
    state,
    storm: isoInstant(stormMs),
    due: isoInstant(dueMs),
    rules,
    alarm: alarm && { rule: alarm.rule, started: isoInstant(alarm.startedMs) },
    afterMinutes,
  }
}

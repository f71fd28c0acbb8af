import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunMinute, RunProgress } from '../../../src-shared/contract/runs.ts'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { isoInstant } from '../cli/times.ts'
import { EXIT, print, say, type CommandHost } from '../cli/io.ts'

type RunFigures = Pick<RunProgress, 'seed' | 'planned' | 'created' | 'failed'> & {
  /** Null for a plan that was only shown. */
  readonly runId: string | null
}

const NEXT =
  'jira-tpm fetch-tickets and then jira-tpm audit show that all of them arrived; jira-tpm clean-up deletes them again.'

/** What `create-tickets --json` and `resume --json` print. */
export function runDocument(
  run: RunFigures,
  minutes: readonly Pick<RunMinute, 'minute' | 'planned' | 'created'>[],
): Record<string, unknown> {
  return {
    run: run.runId,
    seed: run.seed,
    planned: run.planned,
    created: run.created,
    failed: run.failed,
    minutes: minutes.map(({ minute, planned, created }) => ({
      minute: isoInstant(startOfMinute(minute)),
      planned,
      created,
    })),
  }
}

/** How a run stands: what `pause`, `stop` and `runs` print as JSON. */
export function standingDocument(run: RunProgress): Record<string, unknown> {
  const { runId, state, by, projectKey, profile, seed, rate, startMs, endMs } = run
  const { planned, created, failed, unknown, skipped, missed, removed, lateness, reason } = run
  return {
    run: runId,
    state,
    by,
    project: projectKey,
    profile,
    seed,
    rate,
    from: isoInstant(startMs),
    to: isoInstant(endMs),
    planned,
    created,
    failed,
    unknown,
    skipped,
    missed,
    removed,
    lateness,
    reason,
  }
}

export function runText(run: RunProgress): string {
  const { runId, seed, planned, created } = run
  return `Run ${runId}, seed ${seed}: ${created} of ${planned} tickets created${amiss(run)}.`
}

/** Where a run stands that does not go on, and how it can. */
export function standingText(run: RunProgress): string {
  const { runId, planned, created } = run
  const tickets = `${created} of ${planned} tickets are created${amiss(run)}`
  return `Run ${runId} ${isText(run)}: ${tickets}.${goOnHint(run)}`
}

/** How a person goes on with a run; empty where there is no way to. */
function goOnHint({ state }: RunProgress): string {
  return state === 'paused' || state === 'broken' ? ' jira-tpm resume goes on with it.' : ''
}

function isText({ state, by }: RunProgress): string {
  if (state === 'running') return by === null ? 'is under way' : `is under way on ${by}`
  if (state === 'broken') return 'stands still, because the program that worked on it has ended'
  return state === 'stopped' ? 'is stopped for good' : `is ${state}`
}

function amiss({ failed, unknown, skipped }: RunProgress): string {
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
  ]
  return parts.map((part) => `, ${part}`).join('')
}

/** Prints how a run ended. Where not all of its tickets were created it says why, and the command fails. */
export async function printRun(
  host: CommandHost,
  client: Client,
  json: boolean | undefined,
  run: RunProgress,
): Promise<void> {
  const minutes = await client.call('runs.minutes', { runId: run.runId })
  print(host.io, json, runDocument(run, minutes), runText(run))
  if (run.created === run.planned) {
    if (host.io.isTTY && json !== true) say(host.io, NEXT)
    return
  }
  say(host.io, whyNotAll(run))
  host.exitWith(EXIT.failed)
}

/** Why not all of a run's tickets were created, and how it can go on. */
export function whyNotAll(run: RunProgress): string {
  const { reason, why = reason, planned, created } = run
  const how = goOnHint(run)
  const text = how === '' ? reason : why
  return `${text ?? `${planned - created} of ${planned} tickets were not created.`}${how}`
}

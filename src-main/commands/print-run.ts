import type { Client } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/models.ts'
import { EXIT } from './exit-code.ts'
import { print, say, type CommandHost } from './io.ts'
import { goOnHint, runDocument, runText } from './run-document.ts'

/** Prints how a run ended. Where not all of its tickets were created it says why, and the command fails. */
export async function printRun(
  host: CommandHost,
  client: Client,
  json: boolean | undefined,
  run: RunProgress,
): Promise<void> {
  const minutes = await client.call('runs.minutes', { runId: run.runId })
  print(host.io, json, runDocument(run, minutes), runText(run))
  if (run.created === run.planned) return
  say(host.io, whyNotAll(run))
  host.exitWith(EXIT.failed)
}

/** Why not all of a run's tickets were created, and how it can go on. */
export function whyNotAll(run: RunProgress): string {
  const { reason, planned, created } = run
  const why = reason ?? `${planned - created} of ${planned} tickets were not created.`
  return `${why}${goOnHint(run)}`
}

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
  if (run.created === run.planned) {
    if (host.io.isTTY && json !== true) say(host.io, NEXT)
    return
  }
  say(host.io, whyNotAll(run))
  host.exitWith(EXIT.failed)
}

const NEXT =
  'jira-tpm fetch-tickets and then jira-tpm audit show that all of them arrived; jira-tpm clean-up deletes them again.'

/** Why not all of a run's tickets were created, and how it can go on. */
export function whyNotAll(run: RunProgress): string {
  const { reason, planned, created } = run
  const why = reason ?? `${planned - created} of ${planned} tickets were not created.`
  const how = goOnHint(run)
  return how === '' ? why : `${why.replace(BUTTON, '')}${how}`
}

/** How the window's buttons are told of, for which a terminal has a command. */
const BUTTON = / Resume it to go on\.$/

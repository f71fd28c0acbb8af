import { LOCAL } from '../../config/team-config.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { SandboxConfig } from '#jira-sandbox'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { reasonText } from '../../../src-shared/domain/run/run-reason.ts'
import { storeText, workspaceStore } from '../../config/store-config.ts'
import { auditDocument, auditText } from './audit.ts'
import { sleep } from '../../runtime/async.ts'
import { createBar } from '../cli/progress.ts'
import type { CommandCall, CommonOptions } from '../cli/define-command.ts'
import { createRunBar, followRun } from './follow-run.ts'
import { EXIT, say, type CliIo } from '../cli/io.ts'
import { chartText, loadChart, type LoadedChart } from '../counts/load-chart.ts'
import { writePng } from '../counts/plot-data.ts'
import { DEMO_COMPRESS, type DEMO } from '../workspace-commands.ts'
import { runRequest, type RunOptions } from './run-options.ts'

const FETCH_EVERY_MS = 1_000
type DemoCall = CommandCall<'own-core', typeof DEMO>

export async function demo(call: DemoCall): Promise<void> {
  const { options } = call
  if (options.dataDir !== undefined) return play(call, options)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'jira-tpm-demo-'))
  try {
    // A store that the environment names is the team's: what a demo makes has no owner after it.
    const store = options.store ?? storeText(workspaceStore(dataDir))
    await play(call, { dataDir, store }, { historyTickets: 0 }) // nobody looks at its past
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function play(
  call: DemoCall,
  where: CommonOptions,
  sandbox: Partial<SandboxConfig> = {},
): Promise<void> {
  const { io, options, open, print, exitWith } = call
  const { dataDir, store } = where
  const config = call.config({ dataDir, store, jira: 'sandbox', server: LOCAL }, sandbox)
  await open(config, async ({ client }) => {
    const run = await createAndFetch(client, io, { compress: DEMO_COMPRESS, ...options })
    const reason = reasonText(run)
    if (reason !== null) say(io, reason)
    const audit = await client.call('audit.run', { runId: run.runId })
    const loaded = await loadRun(client, run, audit.ok)
    const layers = { planned: await client.call('runs.planned', spanOf(run)) }
    const { file, said } = await picture(io, loaded, { file: options.png, layers })
    const columns = io.stdoutIsTTY ? io.columns : null
    const texts = [chartText(io, loaded.chart), auditText(audit, { zone: config.zone, columns }), said]
    print({ audit: auditDocument(audit), file }, texts.join('\n\n'))
    if (!audit.ok) exitWith(EXIT.auditMismatch)
  })
}

/**
 * The run is over with its last ticket, a little before its end: it is averaged over all that was planned of it. What an
 * audit found whole is settled.
 */
async function loadRun(client: Client, run: RunProgress, isWhole: boolean): Promise<LoadedChart> {
  const loaded = await loadChart(client, spanOf(run))
  const chart = { ...loaded.chart, spanMs: run.endMs - run.startMs }
  if (!isWhole) return { ...loaded, chart }
  return { ...loaded, chart: { ...chart, provisionalFromMinute: null, unknown: [] } }
}

function spanOf({ startMs, endMs }: RunProgress) {
  return { fromMs: startMs, toMs: endMs, bucketMinutes: 1 } as const
}

/** The picture's file; where this machine cannot draw, the rest of the demo is shown all the same. Throws the others. */
async function picture(
  io: CliIo,
  loaded: LoadedChart,
  options: Parameters<typeof writePng>[2],
): Promise<{ readonly file: string | null; readonly said: string }> {
  try {
    const file = await writePng(io, loaded, options)
    return { file, said: `The chart as a picture: ${file}` }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-configured') throw error
    return { file: null, said: `${error.message} ${error.hint}`.trim() }
  }
}

/** The run, with a fetch each second during it and one after it, so that all of it is stored. */
async function createAndFetch(client: Client, io: CliIo, options: RunOptions): Promise<RunProgress> {
  const bar = await createRunBar(io, client, createBar(io, 'An hour of tickets'))
  const running = new AbortController()
  let fetched = 0
  const fetching = (async () => {
    while (!running.signal.aborted) {
      fetched += (await client.call('sync.now', {})).inserted
      await sleep(FETCH_EVERY_MS, running.signal)
    }
  })()
  // Handled below, once the run is over.
  fetching.catch(() => {})
  try {
    const request = await runRequest(io, options)
    const onProgress = (progress: RunProgress): void => bar.update(progress, `${fetched} fetched`)
    return await followRun(client, () => client.call('runs.start', request), onProgress, {
      signal: io.signal,
      resumeHint: 'The demo ends here.',
    })
  } finally {
    running.abort()
    bar.end()
    await fetching
    await client.call('sync.now', {})
  }
}

import type { Client } from '../../../src-shared/contract/client.ts'
import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { workedOnBy } from '../../../src-shared/domain/run/run-reason.ts'
import type { ReachedCore } from '../cli/openers.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { followWork } from '../cli/interrupt.ts'
import { say, type CliIo } from '../cli/io.ts'
import type { BRING_TO_REST, RESUME } from '../run-commands.ts'
import { printRun, standingDocument, standingText } from './run-document.ts'
import {
  chooseMissed,
  chooseUnknown,
  createRunBar,
  seeRunThrough,
  type Missed,
  type Unknown,
} from './follow-run.ts'

interface ResumeFlags {
  readonly missed?: Missed | undefined
  readonly unknown?: Unknown | undefined
}

export async function resume(call: CommandCall<'core', typeof RESUME>): Promise<void> {
  const { io, options, config, open } = call
  await open(config(), async (app) => {
    const run = await namedRun(app.client, options.run)
    await printRun(call, app.client, await resumeRun(io, app, run, options))
  })
}

/** The run of this id, else the last one. Throws `not-found`. */
async function namedRun(client: Client, runId: string | undefined): Promise<RunProgress> {
  if (runId !== undefined) return client.call('runs.get', { runId })
  const run = await client.call('runs.current', {})
  if (run !== null) return run
  throw new AppError('not-found', 'There is no run to go on with: none was started in this Jira.', {
    hint: 'jira-tpm create-tickets starts one.',
  })
}

/**
 * Goes on with a run and follows it until it is done or rests. While another process works on it, this one stands by, and
 * takes over if that one dies. Throws as `seeRunThrough`.
 */
async function resumeRun(
  io: CliIo,
  app: ReachedCore,
  given: RunProgress,
  { missed, unknown }: ResumeFlags,
): Promise<RunProgress> {
  const { client } = app
  let run = given
  for (;;) {
    const isWatched = run.state === 'running'
    if (isWatched) run = await standBy(io, app, run)
    if (isWatched && run.state !== 'broken') return run
    const request = await goOnRequest(io, run, { missed, unknown, takesOver: isWatched })
    if (request === null) return run
    try {
      return await seeRunThrough(io, client, () => client.call('runs.resume', request), missed)
    } catch (error) {
      // Another one that stood by was faster.
      if (!(error instanceof AppError) || error.code !== 'busy') throw error
      run = await client.call('runs.get', { runId: run.runId })
      if (run.state !== 'running') throw error
    }
  }
}

/** How a run goes on, as the flags or the person say; null where there is nothing to go on with. Throws `cancelled`. */
async function goOnRequest(
  io: CliIo,
  run: RunProgress,
  { missed, unknown, takesOver }: ResumeFlags & { readonly takesOver: boolean },
): Promise<ResumeRequest | null> {
  const { runId, state } = run
  if (state === 'done') {
    if (run.unknown === 0) return null
    const decided = unknown ?? (await chooseUnknown(io, run))
    return decided === null ? null : { runId, unknown: decided }
  }
  // Nobody waits at a terminal for the death of another process: its run goes on at once.
  const chosen = takesOver ? takeOver(io, run, missed) : await chooseMissed(io, run, missed)
  return { runId, missed: chosen, ...(unknown !== undefined && { unknown }) }
}

function takeOver(io: CliIo, { created, planned, missed }: RunProgress, flag: Missed | undefined): Missed {
  const late = missed === 0 ? '' : ` ${missed} of them ${missed === 1 ? 'is' : 'are'} late.`
  say(io, `It has ended at ${created} of ${planned}. This one takes over the rest.${late}`)
  return flag ?? 'catch-up'
}

/**
 * Follows a run that another process works on, until it does so no more: then it has ended, rests, or is broken, for this
 * process to take over. Throws `cancelled` after Ctrl-C; the other one goes on.
 */
async function standBy(io: CliIo, app: ReachedCore, given: RunProgress) {
  const { client } = app
  say(io, standByText(given))
  const bar = await createRunBar(io, client)
  const ended = new AbortController()
  let run = given
  const begin = async (): Promise<RunProgress> => {
    await app.followOtherRuns(ended.signal)
    // A store that is away has its own news; what is in it when it is back is published.
    return client.call('runs.get', { runId: run.runId }).catch(() => run)
  }
  try {
    return await followWork(begin, {
      on: (listener) => client.on('run.changed', listener),
      onProgress: (progress) => bar.update((run = progress)),
      isOver: ({ state }) => state !== 'running',
      stop: async () => left(run),
      signal: io.signal,
    })
  } finally {
    ended.abort()
    bar.end()
  }
}

function standByText(run: RunProgress): string {
  const { runId, created, planned } = run
  const who = workedOnBy(run) ?? 'Another window or command'
  return `${who} works on run ${runId}: ${created} of ${planned}. This one takes over if that ends.`
}

function left(run: RunProgress): AppError {
  const { runId, created, planned } = run
  const by = workedOnBy(run)
  const where = by === null ? 'where it was' : `on ${by}`
  return new AppError(
    'cancelled',
    `Run ${runId} goes on ${where}: ${created} of ${planned} tickets are created.`,
  )
}

type RestCall = CommandCall<'core', typeof BRING_TO_REST>

export function pause(call: RestCall): Promise<void> {
  return end(call, 'runs.pause')
}

export function stop(call: RestCall): Promise<void> {
  return end(call, 'runs.stop')
}

async function end(
  { options: { run: runId }, config, open, print }: RestCall,
  method: 'runs.pause' | 'runs.stop',
): Promise<void> {
  await open(config(), async ({ client }) => {
    const run = await client.call(method, runId === undefined ? {} : { runId })
    print(standingDocument(run), standingText(run))
  })
}

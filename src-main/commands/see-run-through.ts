import type { Client } from '../../src-shared/contract/client.ts'
import type { ResumeRequest, RunProgress } from '../../src-shared/contract/models.ts'
import { chooseMissed, type Missed } from './ask-missed.ts'
import { chooseUnknown } from './ask-unknown.ts'
import { followRun } from './follow-run.ts'
import { say, type CliIo } from './io.ts'
import type { RunBar } from './run-bar.ts'

interface SeeThroughOptions {
  /** Where the progress is shown, each time that the run goes on. */
  readonly openBar: () => Promise<RunBar>
  /** What was said on the command line of tickets whose time has passed. */
  readonly missed: Missed | undefined
}

/**
 * Begins a run, or goes on with one, and follows it until it is done or rests. Where the machine slept meanwhile, and
 * where tickets are unknown at its end, the person decides how it goes on. Throws `cancelled` after Ctrl-C, the run being
 * paused, and after Escape at a question.
 */
export async function seeRunThrough(
  io: CliIo,
  client: Client,
  begin: () => Promise<RunProgress>,
  { openBar, missed }: SeeThroughOptions,
): Promise<RunProgress> {
  const noticeWait = createWaitNotice(io, client)
  const follow = async (beginPart: () => Promise<RunProgress>): Promise<RunProgress> => {
    const bar = await openBar()
    try {
      return await followRun(client, beginPart, {
        signal: io.signal,
        onProgress(progress) {
          bar.update(progress)
          noticeWait(progress)
        },
        resumeHint: 'jira-tpm resume goes on with it.',
      })
    } finally {
      bar.end()
    }
  }
  const goOn = (request: ResumeRequest): Promise<RunProgress> =>
    follow(() => client.call('runs.resume', request))

  let run = await follow(begin)
  while (run.slept === true) {
    if (run.reason !== null) say(io, run.reason)
    run = await goOn({ runId: run.runId, missed: await chooseMissed(io, run, missed) })
  }
  while (run.state === 'done' && run.unknown > 0) {
    const unknown = await chooseUnknown(io, run)
    if (unknown === null) break
    run = await goOn({ runId: run.runId, unknown })
  }
  return run
}

/** Says for what a run waits, each time that it begins to. Of a server that is away its own news tell; of a file that cannot be written nothing else does. */
function createWaitNotice(io: CliIo, client: Client): (run: RunProgress) => void {
  let said: string | null = null
  return ({ waits, reason }) => {
    const next = waits === true ? reason : null
    const isNews = next !== said
    said = next
    if (next === null || !isNews) return
    client.call('store.status', {}).then(
      ({ failure }) => failure === null && say(io, next),
      () => say(io, next),
    )
  }
}

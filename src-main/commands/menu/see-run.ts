import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/models.ts'
import { chooseMissed, chooseUnknown } from '../ask-missed.ts'
import { runText, standingText, whyNotAll } from '../run-document.ts'
import { seen } from './keys.ts'
import { agrees } from './question.ts'
import { viewRun } from './run-view.ts'
import { tell, tellDone, tellWarning } from './tell.ts'
import type { MenuWorld } from './world.ts'

/** Begins a run, or goes on with one, and shows it; what has to be decided meanwhile is asked. */
export async function seeRun(world: MenuWorld, start: () => Promise<RunProgress>): Promise<void> {
  await lookAtRun(world, await world.ownRun.begin(start))
}

/** Goes on with a run that rests, after the person said what becomes of what it missed. Throws `cancelled`. */
export async function goOnWith(world: MenuWorld, run: RunProgress): Promise<void> {
  const missed = await chooseMissed(world.io, run, undefined)
  await resumeAndSee(world, { runId: run.runId, missed })
}

/** Asks what becomes of a run's unknown tickets. Throws `cancelled`. */
export async function decideUnknown(world: MenuWorld, run: RunProgress): Promise<void> {
  const unknown = await chooseUnknown(world.io, run)
  if (unknown !== null) await resumeAndSee(world, { runId: run.runId, unknown })
}

/** Shows a run under way, of this program or another, until the person goes back or it rests. */
export async function lookAtRun(world: MenuWorld, given: RunProgress): Promise<void> {
  const { io, client, ownRun } = world
  const { run, end } = await ownRun.lookAt(() => viewRun(world, given))
  if (end === 'rests') return tellRest(world, run)
  if (end === 'back')
    return tell(
      io,
      `Run ${run.runId} goes on.${ownRun.underWay()?.runId === run.runId ? ' Leaving the menu pauses it.' : ''}`,
    )
  if (end === 'pause') return pauseRun(world)
  if (end !== 'stop' || (await stopRun(world, run))) return
  await lookAtRun(world, await client.call('runs.get', { runId: run.runId }))
}

/** Pauses the run under way. */
export async function pauseRun({ io, client, ownRun }: MenuWorld): Promise<void> {
  tell(io, standingText(await ownRun.lookAt(() => client.call('runs.pause', {}))))
}

/** Stops the last run after a yes; false after a no. */
export async function stopRun({ io, client, ownRun }: MenuWorld, run: RunProgress): Promise<boolean> {
  if (!(await agrees(io, `Stop run ${run.runId} for good? It cannot be resumed.`))) return false
  tell(io, standingText(await ownRun.lookAt(() => client.call('runs.stop', {}))))
  return true
}

async function resumeAndSee(world: MenuWorld, request: ResumeRequest): Promise<void> {
  await seeRun(world, () => world.client.call('runs.resume', request))
}

async function tellRest(world: MenuWorld, run: RunProgress): Promise<void> {
  const { io } = world
  if (run.created === run.planned) {
    tellDone(io, runText(run))
    return seen(io) // the whole of it is on the screen
  }
  tellWarning(io, `${runText(run)} ${whyNotAll(run)}`)
  if (run.slept === true) return goOnWith(world, run)
  if (run.state === 'done' && run.unknown > 0) return decideUnknown(world, run)
}

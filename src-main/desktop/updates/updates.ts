import { app } from 'electron'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { choose, inform, showFailure } from '../message-boxes.ts'
import { startAgain } from '../quit.ts'
import { keepLooking, restRun, UpdateFlow } from './update-flow.ts'
import { readFeed, updateKind } from './update-kind.ts'

interface UpdatesParts {
  readonly call: Client['call']
  readonly endCore: () => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

export type Updates = NonNullable<ReturnType<typeof createUpdates>>

/** Looks for newer versions, soon after the start and daily; null where this build is not ours to exchange. */
export function createUpdates({ call, endCore, clock, log }: UpdatesParts) {
  const kind = updateKind({
    isPackaged: app.isPackaged,
    place: process,
    feed: app.isPackaged ? readFeed(process.resourcesPath) : null,
  })
  if (kind === null) return null
  let flow: Promise<UpdateFlow> | undefined
  const open = async (): Promise<UpdateFlow> => {
    // What fetches updates is not loaded before it is needed.
    const { createElectronUpdater } = await import('./electron-updater.ts')
    return new UpdateFlow({
      updater: createElectronUpdater(kind, log),
      version: app.getVersion(),
      boxes: { choose, inform, showFailure },
      rest: () => restRun(call, clock),
      end: endCore,
      startOver() {
        startAgain()
        app.exit(1)
      },
      log,
    })
  }
  const check = async (asked: boolean): Promise<void> => {
    flow ??= open()
    await (await flow).check(asked)
  }
  const stopping = new AbortController()
  keepLooking(() => check(false), clock, stopping.signal).catch((error: unknown) =>
    log.warn({ err: error }, 'no further look for updates'),
  )
  return {
    /** The person asks whether there is a newer version. */
    check: () => check(true),
    /** No further look by itself. */
    stop: () => stopping.abort(),
  }
}

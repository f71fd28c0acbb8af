import { MacUpdater, NsisUpdater, type AppUpdater, type UpdateInfo } from 'electron-updater'
import { plainText } from '../../../src-shared/domain/plain-text.ts'
import type { Log } from '../../runtime/log.ts'
import { ownAppImage } from '../own-app-image.ts'
import { CarefulAppImageUpdater } from './app-image-updater.ts'
import { GuardedExecutor } from './guarded-executor.ts'
import { plainNotes } from './release-notes.ts'
import { createRequestGuard } from './request-guard.ts'
import { updateFailure } from './update-failure.ts'
import type { UpdateKind } from './update-kind.ts'
import type { Update, Updater } from './updater.ts'

/** An announcement is a kilobyte; GitHub's list of releases is the largest that is asked for. */
const FIND = { bytes: 2_000_000, requests: 12 }
const DOWNLOAD = { bytes: 500_000_000, requests: 12 }

/** By itself electron-updater gives each workspace an id, and tells the server it at every look. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** electron-updater behind our port, with nothing done by itself and nothing taken on trust. */
export function createElectronUpdater(kind: UpdateKind, log: Log): Updater {
  const updater = newUpdater(kind)
  const guard = createRequestGuard()
  // Not a documented member; without it the guard would be passed by.
  if (!('httpExecutor' in updater)) throw new Error('electron-updater has no httpExecutor')
  Object.assign(updater, { httpExecutor: new GuardedExecutor(guard) })
  Object.assign(updater, { stagingUserIdPromise: { value: Promise.resolve(NOBODY) } })
  Object.assign(updater, {
    autoDownload: false,
    autoInstallOnAppQuit: false,
    allowDowngrade: false,
    allowPrerelease: false,
    disableWebInstaller: true,
    disableDifferentialDownload: true, // reads what the server says of blocks before any checksum is proven
    logger: loggerOf(log),
  } satisfies Partial<AppUpdater>)
  return {
    async find() {
      guard.begin(FIND)
      const result = await updater.checkForUpdates().catch(failed('find'))
      return result?.isUpdateAvailable === true ? updateOf(result.updateInfo) : null
    },
    async download() {
      guard.begin(DOWNLOAD)
      await updater.downloadUpdate().catch(failed('download'))
    },
    install: () =>
      new Promise<never>((_resolve, reject) => {
        updater.once('error', (error) => reject(updateFailure('install', error)))
        updater.quitAndInstall(true, true)
      }),
  }
}

function newUpdater(kind: UpdateKind): AppUpdater {
  switch (kind) {
    case 'app-image':
      return new CarefulAppImageUpdater(ownAppImage(process) ?? '')
    case 'mac':
      return new MacUpdater()
    default: // windows
      return new NsisUpdater()
  }
}

function failed(step: 'find' | 'download'): (error: unknown) => never {
  return (error) => {
    throw updateFailure(step, error)
  }
}

function updateOf({ version, releaseNotes }: UpdateInfo): Update {
  return { version: plainText(version).slice(0, 40), notes: plainNotes(releaseNotes) }
}

/** What it logs may hold all that a server answered. */
function said(message: unknown): string {
  return String(message).slice(0, 500)
}

function loggerOf(log: Log): AppUpdater['logger'] {
  return {
    info: (message) => log.info({ updater: said(message) }, 'update'),
    // Its failures come back to whoever asked, who logs them as what they mean.
    warn: (message) => log.info({ updater: said(message) }, 'update'),
    error: (message) => log.info({ updater: said(message) }, 'update'),
  }
}

import { app } from 'electron'
import { AppImageUpdater, MacUpdater, NsisUpdater, type AppUpdater, type UpdateInfo } from 'electron-updater'
import { plainText } from '../../../src-shared/domain/text/plain-text.ts'
import type { Log } from '../../runtime/log.ts'
import { plainNotes, updateFailure } from './update-text.ts'
import type { UpdateKind } from './update-kind.ts'
import type { Update, Updater } from './update-flow.ts'
import { withTimeout } from '../../runtime/async.ts'

/** By itself electron-updater gives each workspace an id, and sends it to the server at every look. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Electron's requests have no time-out of their own. */
const FIND_MS = 60_000

/** electron-updater behind our port, with nothing done by itself. */
export function createElectronUpdater(kind: UpdateKind, log: Log): Updater {
  const updater = newUpdater(kind)
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
      const result = await withTimeout(updater.checkForUpdates(), FIND_MS, noAnswer).catch(failed('find'))
      return result?.isUpdateAvailable === true ? updateOf(result.updateInfo) : null
    },
    async download() {
      await updater.downloadUpdate().catch(failed('download'))
    },
    install: () =>
      new Promise<never>((_resolve, reject) => {
        updater.once('error', (error) => reject(updateFailure('install', error)))
        // An AppImage is started while this one still ends: it shall not take itself for a second window.
        app.releaseSingleInstanceLock()
        updater.quitAndInstall(true, true)
      }),
  }
}

function newUpdater(kind: UpdateKind): AppUpdater {
  switch (kind) {
    case 'app-image':
      return new AppImageUpdater()
    case 'mac':
      return new MacUpdater()
    default: // windows
      return new NsisUpdater()
  }
}

function noAnswer(): never {
  throw new Error('The update server does not answer')
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
    // Its failures come back to the caller, which logs them as what they mean.
    warn: (message) => log.info({ updater: said(message) }, 'update'),
    error: (message) => log.info({ updater: said(message) }, 'update'),
  }
}

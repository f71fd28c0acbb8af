import path from 'node:path'
import { app, powerMonitor, session } from 'electron'
import { openAccessLog, recordCalls } from './runtime/access-log.ts'
import { createApp } from './app/app.ts'
import { machineClock } from './runtime/clock.ts'
import type { Config } from './config/config.ts'
import { readConfig as readConfigFrom } from './config/read-config.ts'
import { desktopFlags } from './desktop/command-line.ts'
import { keepCrashDumps, reportCrashes, tidyCrashDumps, watchWindows } from './desktop/crashes/crashes.ts'
import { createCurrentCore, type DesktopCore } from './desktop/core/current-core.ts'
import { answerCalls, pushEvents } from './desktop/ipc.ts'
import { followCoreInMenu, setUpMenu } from './desktop/menu.ts'
import { showStartFailure } from './desktop/message-boxes.ts'
import { originOf, pageUrlOf } from './desktop/window/addresses.ts'
import { stopBeforeQuit } from './desktop/quit.ts'
import { electronSafeStorage, startUtilityKeyring } from './desktop/electron-secrets.ts'
import { claimSingleInstance, settleInWorkspace } from './desktop/own-workspace.ts'
import { setUpTray } from './desktop/tray/tray.ts'
import { createUpdates } from './desktop/updates/updates.ts'
import {
  closeNavigation,
  denyPermissions,
  openWindow,
  registerAppScheme,
  serveAppScheme,
} from './desktop/window/window.ts'
import { logFolder, openLog } from './runtime/log.ts'
import { createSecrets } from './secrets/secrets.ts'
import { keepFilesPrivate } from './runtime/private-files.ts'
import { projectFile } from './runtime/project-files.ts'

keepFilesPrivate()
app.enableSandbox()
registerAppScheme()
start().catch(failToStart)

// Electron is ready only after this module has been evaluated, so nothing here may wait for it at the top level.
async function start(): Promise<void> {
  const config = readConfig()
  settleInWorkspace(config.dataDir)
  keepCrashDumps(config.dataDir)
  if (!claimSingleInstance()) return app.quit()
  await app.whenReady()
  await openDesktop(config)
}

function readConfig(): Config {
  return readConfigFrom({ flags: desktopFlags(process.argv), env: process.env, cwd: process.cwd() })
}

async function openDesktop(config: Config): Promise<void> {
  const logs = openLogs(config.dataDir)
  const { logging, accessLog } = logs
  const { log } = logging
  // The core opens while the window does; the first calls wait for it.
  const core = createCurrentCore(openLocalCore(config, logs))
  const updates = createUpdates({
    call: (method, params) => core.client.call(method, params),
    endCore: () => core.stop(),
    clock: machineClock,
    log,
  })
  stopBeforeQuit(async () => {
    updates?.stop()
    await core.stop()
    await accessLog.close()
    await logging.close()
  }, log)

  const pageUrl = pageUrlOf(app.isPackaged, process.env)
  denyPermissions(session.defaultSession)
  closeNavigation({ pageUrl, jiraOrigin: () => originOfJira(core.browseUrl()), log })
  serveAppScheme(projectFile('out', 'renderer'), log)
  answerCalls({ ownOrigin: originOf(pageUrl), dispatch: core.dispatch })
  setUpTray({ client: core.client, choiceFile: path.join(config.dataDir, 'tray.json'), log })
  openWindow({
    pageUrl,
    preloadFile: projectFile('out', 'preload', 'preload.cjs'),
    iconFile: projectFile('build', 'icons', '256x256.png'),
    stateFile: path.join(config.dataDir, 'window.json'),
    log,
  })
  const setViews = setUpMenu(
    {
      call: (method, params) => core.client.call(method, params),
      transfer: () => core.transfer(),
      logFolder: logFolder(config.dataDir),
      updates,
      zone: config.zone,
    },
    log,
  )

  pushEvents(core.hub)
  followCoreInMenu(core.client, setViews)
  // A machine that wakes up has missed what came meanwhile: it is fetched at once, in one go.
  powerMonitor.on('resume', () => core.wake())
  // What could not be opened is shown in the window, where the settings can mend it.
  await core.start().catch((error: unknown) => log.warn({ err: error }, 'nothing is fetched yet'))
}

/** The core of this process. What the window calls of it is written into the access log. */
function openLocalCore(
  config: Config,
  { logging: { log }, accessLog }: ReturnType<typeof openLogs>,
): DesktopCore {
  const app = createApp(config, {
    log,
    readConfig,
    secrets: createSecrets({
      dataDir: config.dataDir,
      log,
      safeStorage: electronSafeStorage,
      startKeyring: startUtilityKeyring,
    }),
  })
  return { ...app, dispatch: recordCalls(app.dispatch, accessLog, 'window') }
}

/** The program's own log, which crashes come into, and the log of who did what. */
function openLogs(dataDir: string) {
  const logging = openLog(dataDir, (error) => console.error(`The log is not written: ${error.message}`))
  const { log } = logging
  const accessLog = openAccessLog(dataDir, (error) =>
    log.error({ err: error }, 'who did what is not written down'),
  )
  reportCrashes(logging)
  tidyCrashDumps(dataDir, log)
  watchWindows(dataDir, log)
  return { logging, accessLog }
}

function originOfJira(url: string | null): string | null {
  return url === null ? null : new URL(url).origin
}

async function failToStart(error: unknown): Promise<void> {
  await app.whenReady() // before that Electron has no dialogs
  showStartFailure(error)
  app.exit(1)
}

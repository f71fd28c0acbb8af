import path from 'node:path'
import { app, powerMonitor, session } from 'electron'
import { CALL_CHANNEL, DESKTOP_CHANNEL } from '../src-shared/contract/preload-api.ts'
import { openAccessLog, recordCalls } from './runtime/access-log.ts'
import { createApp } from './app/app.ts'
import { machineClock } from './runtime/clock.ts'
import type { Config } from './config/config.ts'
import { readConfig as readConfigFrom } from './config/read-config.ts'
import { desktopFlags } from './desktop/command-line.ts'
import { keepCrashDumps, reportCrashes, tidyCrashDumps, watchWindows } from './desktop/crashes/crashes.ts'
import { createCurrentCore, type DesktopCore } from './desktop/core/current-core.ts'
import { createServers, openChosen } from './desktop/core/servers.ts'
import { answerCalls, pushEvents } from './desktop/ipc.ts'
import { followCoreInMenu, setUpMenu } from './desktop/menu.ts'
import { chooseCaFile, showStartFailure } from './desktop/message-boxes.ts'
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
import { createSecrets, type Secrets } from './secrets/secrets.ts'
import { createServerBook } from './team/kept-servers.ts'
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
  const { core, servers } = await openCores(config, logs)
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
  const ownOrigin = originOf(pageUrl)
  answerCalls(CALL_CHANNEL, { ownOrigin, dispatch: core.dispatch })
  answerCalls(DESKTOP_CHANNEL, { ownOrigin, dispatch: servers.dispatch })
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
  followCoreInMenu({ client: core.client, servers: servers.now, setViews })
  // A machine that wakes up has missed what came meanwhile: it is fetched at once, in one go.
  powerMonitor.on('resume', () => core.wake())
  // What could not be opened is shown in the window, where the settings can mend it.
  await core.start().catch((error: unknown) => log.warn({ err: error }, 'nothing is fetched yet'))
}

/** What the window works on: this computer, or the team server where it was left the last time; the core opens while the window does. */
async function openCores(config: Config, logs: ReturnType<typeof openLogs>) {
  const { dataDir, network: proxies } = config
  const { log } = logs.logging
  const secrets = createSecrets({
    dataDir,
    log,
    safeStorage: electronSafeStorage,
    startKeyring: startUtilityKeyring,
  })
  const team = { dataDir, proxies, log, book: createServerBook({ dataDir, secrets }) }
  const onTeam = await openChosen(team)
  const core = createCurrentCore(onTeam ?? openLocalCore(config, secrets, logs))
  const openLocal = (): DesktopCore => openLocalCore(readConfig(), secrets, logs)
  return { core, servers: createServers({ ...team, core, openLocal, chooseFile: chooseCaFile }, onTeam) }
}

/** The core of this process. What the window calls of it is written into the access log. */
function openLocalCore(
  config: Config,
  secrets: Secrets,
  { logging: { log }, accessLog }: ReturnType<typeof openLogs>,
): DesktopCore {
  const local = createApp(config, { log, readConfig, secrets })
  return { ...local, dispatch: recordCalls(local.dispatch, accessLog, 'window') }
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

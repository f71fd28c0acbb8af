import path from 'node:path'
import { app, session } from 'electron'
import { createApp } from './app.ts'
import type { Config } from './config/config.ts'
import { readConfig } from './config/read-config.ts'
import { desktopFlags } from './desktop/command-line.ts'
import { reportCrashes } from './desktop/crashes.ts'
import { answerCalls, pushEvents } from './desktop/ipc.ts'
import { followRunInMenu, setUpMenu } from './desktop/menu.ts'
import { showStartFailure } from './desktop/message-boxes.ts'
import { closeNavigation } from './desktop/navigation.ts'
import { originOf, pageUrlOf } from './desktop/page-url.ts'
import { denyPermissions } from './desktop/permissions.ts'
import { registerAppScheme, serveAppScheme } from './desktop/protocol.ts'
import { stopBeforeQuit } from './desktop/quit.ts'
import { claimSingleInstance } from './desktop/single-instance.ts'
import { settleInWorkspace } from './desktop/user-data.ts'
import { waitingCall, waitingDispatch } from './desktop/waiting-core.ts'
import { openWindow } from './desktop/window.ts'
import { logFolder, openLog } from './log.ts'
import { projectFile } from './project-files.ts'

app.enableSandbox()
registerAppScheme()
start().catch(failToStart)

// Electron is ready only after this module has been evaluated, so nothing here may wait for it at the top level.
async function start(): Promise<void> {
  const config = readConfig({
    flags: desktopFlags(process.argv),
    env: process.env,
    cwd: process.cwd(),
  })
  settleInWorkspace(config.dataDir)
  if (!claimSingleInstance()) return app.quit()
  await app.whenReady()
  await openDesktop(config)
}

async function openDesktop(config: Config): Promise<void> {
  const logging = openLog(config.dataDir, (error) =>
    console.error(`The log is not written: ${error.message}`),
  )
  const { log } = logging
  reportCrashes(logging)

  // The core opens while the window does; the first calls wait for it.
  const core = createApp(config, { log, demoRun: true })
  stopBeforeQuit(async () => {
    await (await core).stop()
    await logging.close()
  }, log)

  const pageUrl = pageUrlOf(app.isPackaged, process.env)
  denyPermissions(session.defaultSession)
  closeNavigation({ pageUrl, jiraOrigin: jiraOrigin(config), log })
  serveAppScheme(projectFile('out', 'renderer'), log)
  answerCalls({ ownOrigin: originOf(pageUrl), dispatch: waitingDispatch(core) })
  openWindow({
    pageUrl,
    preloadFile: projectFile('out', 'preload', 'preload.cjs'),
    iconFile: projectFile('build', 'icons', '256x256.png'),
    stateFile: path.join(config.dataDir, 'window.json'),
    log,
  })
  setUpMenu({ call: waitingCall(core), logFolder: logFolder(config.dataDir), zone: config.zone }, log)

  const opened = await core
  pushEvents(opened.hub)
  await followRunInMenu(opened.client)
  await opened.start()
}

function jiraOrigin({ jira }: Config): string | null {
  return jira.kind === 'site' ? new URL(jira.url).origin : null
}

async function failToStart(error: unknown): Promise<void> {
  await app.whenReady() // before that Electron has no dialogs
  showStartFailure(error)
  app.exit(1)
}

import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { extractAll } from '@electron/asar'
import { root } from '../build-if-stale.mjs'
import { hasDisplay } from '../find-electron.mjs'
import { INSTALLED } from './look-at-installed.mjs'
import { startAsPerson } from './start-as-person.mjs'

/** The first journey: a run from the menu to its end, and one that is audited. */
const JOURNEY = 'journeys/dashboard.spec.ts'
const TESTS = 'a run is started from the menu|bars move while a compressed run makes tickets'

/**
 * Runs what was installed: its keychain's process, and its main, preload and renderer through the first journey, out of
 * its archive. Node reads no archives, so it is extracted first. With Electron and a display the
 * program itself is started too.
 *
 * @param {string} folder for what is made
 * @param {string | null} electron
 * @param {(line: string) => void} say
 */
export async function runInstalled(folder, electron, say) {
  const app = path.join(folder, 'app')
  extractAll(path.join(INSTALLED, 'resources', 'app.asar'), app)
  const said = await askKeychain(app, folder)
  if (!/D-?Bus/i.test(said)) throw new Error(`The keychain's library answered without a D-Bus: ${said}`)
  say('the keychain’s library works')
  await journey(app, folder)
  say('the journey ran in the Electron stand-in')
  if (electron === null) say('Electron itself did not run: its binary is not here')
  else if (hasDisplay()) say(`the installed program drew its bars: ${await startAsPerson(INSTALLED)}`)
  else say('Electron itself did not run: there is no display')
}

/** What the packed keychain's native part says where there is no keychain: that it is there, and loads. */
async function askKeychain(app, home) {
  const child = fork(path.join(app, 'out', 'main', 'keyring-process.js'), {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_RUNTIME_DIR: home,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let errors = ''
  child.stderr.on('data', (text) => (errors += text))
  try {
    const answered = once(child, 'message')
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The keychain's process ended with ${code}: ${errors}`)
    })
    child.send({ kind: 'get', account: 'nobody' })
    const [answer] = await Promise.race([answered, ended])
    return JSON.stringify(answer)
  } finally {
    child.kill()
  }
}

/**
 * The app that the tests start is the extracted one (e2e/fixtures/app.ts). It is root who runs them, and root's Electron
 * refuses to start in its sandbox: without a display they take the stand-in.
 */
async function journey(app, folder) {
  const output = path.join(folder, 'journey')
  await mkdir(output)
  const cli = path.join(root, 'node_modules', 'playwright', 'cli.js')
  const args = [
    'test',
    '-c',
    'e2e/playwright.config.ts',
    JOURNEY,
    '-g',
    TESTS,
    '--reporter=list',
    '--output',
    output,
  ]
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env: { ...process.env, JIRA_TPM_E2E_APP: app, STAND_IN_PACKAGED: '1', DISPLAY: '', WAYLAND_DISPLAY: '' },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  if (code !== 0)
    throw new Error(`The first journey failed in the installed program (Playwright ended with ${code}).`)
}

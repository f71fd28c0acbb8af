import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright'
import { DEB } from './deb.mjs'

/** Debian's `nobody`: Electron refuses to run as root in its sandbox, and nobody runs it so. */
const NOBODY = 65_534

/**
 * Starts the installed program in real Electron, waits for the bars of its chart and gives back its title. It is spoken to
 * by Chromium's port, since its fuses take away Node's (which is how Playwright drives an unpacked app).
 *
 * @param {string} installed the program's folder
 */
export async function startAsPerson(installed) {
  const home = await mkdtemp(path.join(tmpdir(), 'jira-tpm-person-'))
  await chown(home, NOBODY, NOBODY)
  const env = { ...process.env, HOME: home }
  if (process.env['XAUTHORITY']) {
    // The key of the display is root's own.
    env.XAUTHORITY = path.join(home, '.Xauthority')
    await copyFile(process.env['XAUTHORITY'], env.XAUTHORITY)
    await chown(env.XAUTHORITY, NOBODY, NOBODY)
  }
  const child = spawn(
    path.join(installed, DEB),
    ['--remote-debugging-port=0', `--user-data-dir=${home}/data`],
    {
      cwd: home,
      uid: NOBODY,
      gid: NOBODY,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const ended = once(child, 'exit')
  try {
    const browser = await chromium.connectOverCDP(await devtoolsOf(child))
    const page = browser.contexts()[0].pages()[0] ?? (await browser.contexts()[0].waitForEvent('page'))
    await page.locator('.barlayer .point path').first().waitFor({ timeout: 30_000 })
    const title = await page.title()
    await browser.close()
    return title
  } finally {
    child.kill()
    await ended
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The address that Chromium writes to stderr. Throws where the program ends before. */
async function devtoolsOf({ stderr }) {
  let said = ''
  for await (const text of stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text
    const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? []
    if (address !== undefined) {
      stderr.resume()
      return address
    }
  }
  throw new Error(`The installed program ended without a window: ${said}`)
}

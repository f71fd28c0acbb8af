import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTerminal, whyNoTerminal } from '../../../test-support/commands/terminal.ts'
import { openTestWorkspace } from '../../../test-support/commands/workspace.ts'
import { openerOf, openInBrowser, whyNotOpened, type Surroundings } from './open-browser.ts'
import { testFolder } from '../../../test-support/end.ts'

const desk: Surroundings = {
  env: { DISPLAY: ':0' },
  platform: 'linux',
  isTerminal: true,
  isContainer: false,
}

describe('a browser', () => {
  test.each<[string, Partial<Surroundings>]>([
    ['on a Linux desktop', {}],
    ['on one with Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' } }],
    ['on a Mac', { platform: 'darwin', env: {} }],
    ['on Windows', { platform: 'win32', env: {} }],
    ["in Windows' Linux", { env: { WSL_DISTRO_NAME: 'Debian' } }],
    ['in a container that has a way out', { isContainer: true, env: { DISPLAY: ':0', BROWSER: 'helper' } }],
    ['where CI says no', { env: { DISPLAY: ':0', CI: 'false' } }],
  ])('is opened %s', (_where, more) => {
    expect(whyNotOpened({ ...desk, ...more })).toBeNull()
  })

  test.each<[string, Partial<Surroundings>, RegExp]>([
    ['without a terminal', { isTerminal: false }, /terminal/],
    ['in CI', { env: { DISPLAY: ':0', CI: 'true' } }, /CI/],
    ['in CI on a Mac', { platform: 'darwin', env: { CI: '1' } }, /CI/],
    ['over ssh', { env: { DISPLAY: 'localhost:10.0', SSH_CONNECTION: '1.2.3.4 5 6.7.8.9 22' } }, /ssh/],
    ['on a terminal of ssh', { platform: 'darwin', env: { SSH_TTY: '/dev/pts/0' } }, /ssh/],
    ['in a container', { isContainer: true }, /container/],
    ['in a cluster', { env: { DISPLAY: ':0', KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, /container/],
    ['where the person wants none', { env: { DISPLAY: ':0', BROWSER: 'none' } }, /BROWSER/],
    ['without a display', { env: { DISPLAY: '' } }, /display/],
  ])('is not opened %s', (_where, more, why) => {
    expect(whyNotOpened({ ...desk, ...more })).toMatch(why)
  })

  test.each([
    ['linux', {}, ['xdg-open']],
    ['darwin', {}, ['open']],
    ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler']],
    ['linux', { BROWSER: '/usr/bin/firefox' }, ['/usr/bin/firefox']],
    ['linux', { BROWSER: 'firefox:chromium %s' }, ['xdg-open']],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, ['rundll32.exe', 'url.dll,FileProtocolHandler']],
  ] as const)('is opened on %s, %j, by %j', (platform, env, command) => {
    expect(openerOf({ platform, env })).toEqual(command)
  })
})

/** A folder with a program of that name in it, for PATH. */
function withProgram(name: string, script: string): string {
  const folder = testFolder()
  const file = path.join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return folder
}

describe.skipIf(process.platform !== 'linux')('xdg-open', () => {
  test('that fails, or is not there, is reported', async () => {
    const folder = withProgram('xdg-open', 'exit 3')
    const url = 'http://127.0.0.1:1/'
    await expect(openInBrowser(url, { PATH: `${folder}:/usr/bin:/bin` })).rejects.toThrow(
      'xdg-open ended with 3',
    )
    await expect(openInBrowser(url, { PATH: path.join(folder, 'nowhere') })).rejects.toThrow(
      'xdg-open is not there',
    )
  })

  test('gets nothing that is ours', async () => {
    const folder = withProgram('xdg-open', 'env > "$(dirname "$0")/env"')
    const env = { PATH: `${folder}:/usr/bin:/bin`, JIRA_API_KEY: 'planted', PSQL_PW: 'planted', LANG: 'C' }
    await openInBrowser('http://127.0.0.1:1/', env)
    const seen = readFileSync(path.join(folder, 'env'), 'utf8')
    expect(seen).toContain('LANG=C')
    expect(seen).not.toContain('planted')
  })
})

describe.skipIf(whyNoTerminal() !== null)('plot-data --open on a terminal', { timeout: 60_000 }, () => {
  /** Asks for what it was given as a browser does, and keeps it and what came. */
  const BROWSER = `cd "$(dirname "$0")"; echo "$@" > given; "${process.execPath}" -e '
    fetch(process.argv[1], { redirect: "manual" }).then((answer) => require("fs").writeFileSync("came", answer.headers.get("location")))
  ' "$1"`

  // By its name, for a test may run in a container.
  test('opens the browser at an address that says nothing of the link, and hands the link over', async () => {
    const { cwd, env } = await openTestWorkspace()
    const folder = withProgram('browser', BROWSER)
    const terminal = startTerminal(
      {
        argv: ['plot-data', '--open', '--port', '0'],
        cwd,
        env: { ...env, DISPLAY: ':0', BROWSER: path.join(folder, 'browser') },
      },
      onTestFinished,
    )
    await terminal.shows(/It opens in your browser/)
    const came = path.join(folder, 'came')
    await expect
      .poll(() => existsSync(came) && readFileSync(came, 'utf8'), { timeout: 20_000 })
      .toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=.+/)
    expect(readFileSync(path.join(folder, 'given'), 'utf8')).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\n$/,
    )
  })

  test('says why it opens none, and where the dashboard is', async () => {
    const { cwd, env } = await openTestWorkspace()
    const argv = ['plot-data', '--open', '--port', '0']
    const overSsh = { ...env, DISPLAY: ':0', SSH_TTY: '/dev/pts/1' }
    const terminal = startTerminal({ argv, cwd, env: overSsh }, onTestFinished)
    await terminal.shows(/No browser was opened: this is a session over ssh/)
    expect(terminal.screen.all()).toMatch(/The dashboard:\s+http:/)
  })
})

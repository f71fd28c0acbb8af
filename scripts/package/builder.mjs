import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from '../build-if-stale.mjs'
import { BUILDER_OS, SYSTEM } from './targets.mjs'

/**
 * Runs electron-builder with electron-builder.yml and what is given besides it. Throws where it fails: of a download what
 * was wanted and from where, else its last lines.
 *
 * @param {{ platform: string, formats: string[], archs: string[] }} build
 * @param {object} config what is added to electron-builder.yml
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} options `quiet`: its output is shown only where it fails
 */
export async function runBuilder(build, config, { env = process.env, quiet = false } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-builder-'))
  try {
    const file = path.join(folder, 'config.json')
    await writeFile(file, JSON.stringify({ ...config, extends: path.join(root, 'electron-builder.yml') }))
    const flags = Object.fromEntries(build.archs.map((arch) => [arch, true]))
    const options = {
      [BUILDER_OS[build.platform]]: build.formats,
      ...flags,
      publish: 'never',
      config: file,
    }
    const child = fork(path.join(import.meta.dirname, 'builder-process.mjs'), [JSON.stringify(options)], {
      cwd: root,
      env: withoutEmpty(env),
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit', 'ipc'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text))
    let failure = { trouble: '', download: null }
    child.on('message', (message) => (failure = message))
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    if (failure.download !== null) throw new Error(notDownloaded(failure.download, build))
    if (code !== 0)
      throw new Error(`electron-builder ended with ${code}. ${said.slice(-4_000)}${failure.trouble}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A secret that a public CI does not have comes as an empty text, which electron-builder would take for a file's name. */
function withoutEmpty(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

function notDownloaded({ url, reason }, { platform, formats, archs }) {
  const file = path.posix.basename(new URL(url).pathname)
  const electron = /^electron-v(.+?)-(.+)\.zip$/.exec(file)
  const what =
    electron === null
      ? `${file}, which electron-builder works with,`
      : `Electron ${electron[1]} for ${electron[2]}`
  return [
    `${what} could not be downloaded: ${url} (${reason}).`,
    `Not built: ${formats.join(' and ')} for ${SYSTEM[platform]} (${archs.join(', ')}).`,
    `Build where ${new URL(url).host} can be reached, or set HTTPS_PROXY to a proxy that reaches it, or ELECTRON_MIRROR and ELECTRON_BUILDER_BINARIES_MIRROR to addresses that have the same files.`,
  ].join(' ')
}

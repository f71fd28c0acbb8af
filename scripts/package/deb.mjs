import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The Debian package's name (electron-builder.yml). */
export const DEB = 'jira-tpm-desktop'

/** Why a package cannot be installed here, in a sentence; null where it can. */
export async function whyNoInstall() {
  if (process.platform !== 'linux')
    return 'a deb is installed on Debian and its kin only, and this is another system'
  if (process.getuid() !== 0)
    return 'a deb is installed by root, and this is another user: run it again as root'
  try {
    const { stdout } = await run('dpkg-query', ['-W', '-f', '${Status}', DEB]).catch((error) => {
      if (error.code === 'ENOENT') throw error
      return { stdout: '' } // it does not know the package
    })
    if (stdout === '' || stdout.includes('not-installed')) return null
    return `${DEB} is installed here already and would be removed: remove it first (dpkg -P ${DEB})`
  } catch {
    return 'a deb is installed by dpkg, and that is not here'
  }
}

/**
 * Installs it. What it depends on need not be there, since Electron is not started from it: what is missing is given back.
 *
 * @param {string} file
 * @returns {Promise<string[]>} dpkg's words about what is missing
 */
export async function installDeb(file) {
  const { stderr } = await run('dpkg', ['--force-depends', '-i', file], { env: dpkgEnv() })
  return [...stderr.matchAll(/depends on (\S+); however/g)].map(([, name]) => name)
}

/** What dpkg finds changed in the installed files: its lines, none where all is as packed. */
export async function verifyDeb() {
  const { stdout } = await run('dpkg', ['-V', DEB])
  return stdout.split('\n').filter((line) => line !== '')
}

/** The installed files, as paths from the root; folders are left out. */
export async function installedFiles() {
  const { stdout } = await run('dpkg-query', ['-L', DEB])
  const paths = stdout.split('\n').filter((file) => file.startsWith('/') && file !== '/.')
  return paths
    .filter((file) => !paths.some((other) => other.startsWith(`${file}/`)))
    .map((file) => file.slice(1))
}

/** Removes it with everything that is its own. */
export async function purgeDeb() {
  await run('dpkg', ['-P', DEB], { env: dpkgEnv() })
}

/** Where a package may leave something. */
const PLACES = ['/opt', '/usr/bin', '/usr/share', '/usr/lib/systemd', '/etc', '/var/lib/dpkg/alternatives']

/** Lists that the desktop keeps of all programs; they name the removed one no more, which is looked at. */
const CACHES = ['/usr/share/applications/mimeinfo.cache', '/usr/share/icons/hicolor/icon-theme.cache']

/** Every path in the places where a package may leave something, and those caches that name this one. */
export async function snapshot() {
  const { stdout } = await run('find', [...PLACES, '-xdev', '-print0'], { maxBuffer: 64 * 2 ** 20 })
  const paths = new Set(stdout.split('\0').filter((file) => file !== '' && !CACHES.includes(file)))
  for (const cache of CACHES) if (namesUs(cache)) paths.add(`${cache} names ${DEB}`)
  return paths
}

function namesUs(file) {
  try {
    return readFileSync(file, 'latin1').includes(DEB)
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

function dpkgEnv() {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
}

import { readFile, readlink, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { root } from '../build-if-stale.mjs'
import { findInstalledProblems, findProblems, megabytes, readContents, SIZE_LIMIT_MB } from './contents.mjs'
import { DEB, installedFiles } from './deb.mjs'
import { FUSES, readFuses } from './fuses.mjs'

/** Where electron-builder puts programs on Linux. */
export const INSTALLED = '/opt/Jira TPM'

/**
 * Looks at the installed program: what is in its archive and on the machine, its size, its fuses, how the desktop and the
 * shell find it. Throws where something is not as it should be.
 *
 * @param {(line: string) => void} say
 */
export async function lookAtInstalled(say) {
  const target = `linux-${process.arch}`
  const list = await readFile(path.join(import.meta.dirname, 'expected-contents.txt'), 'utf8')
  const contents = await readContents(path.join(INSTALLED, 'resources'))
  const files = (await installedFiles()).filter((file) => !isElectrons(file))
  const problems = [
    ...findProblems(contents, list, target),
    ...findInstalledProblems(files, list, target),
    ...(await fuseProblems()),
    ...(await desktopProblems()),
  ]
  if (problems.length > 0)
    throw new Error(`The installed program is not what it should be:\n  ${problems.join('\n  ')}`)
  say(
    `${contents.archived.length} files in the archive and ${contents.unpacked.length} libraries beside it, as expected`,
  )
  say(`${megabytes(contents.bytes).toFixed(1)} MB together (at most ${SIZE_LIMIT_MB})`)
  say(`${FUSES.length} fuses as electron-builder.yml has them`)
}

/** Electron's own files lie next to ours, and are many. */
function isElectrons(file) {
  const [, inside] = /^opt\/Jira TPM\/(.*)$/.exec(file) ?? []
  return inside !== undefined && inside !== DEB && !/^resources\/(app|apparmor|LICENSE|THIRD)/.test(inside)
}

async function fuseProblems() {
  const { electronFuses: wanted } = parse(await readFile(path.join(root, 'electron-builder.yml'), 'utf8'))
  const found = await readFuses(path.join(INSTALLED, DEB))
  return FUSES.filter((name) => found[name] !== wanted[name]).map(
    (name) => `the fuse ${name} is ${found[name]}, and should be ${wanted[name]}`,
  )
}

async function desktopProblems() {
  const problems = []
  const entry = await readFile(`/usr/share/applications/${DEB}.desktop`, 'utf8')
  for (const line of [`Icon=${DEB}`, `StartupWMClass=${DEB}`, 'Terminal=false', 'Categories=Office;']) {
    if (!entry.split('\n').includes(line)) problems.push(`the desktop entry has no line ${line}`)
  }
  if (!/^Keywords=.*tickets;/m.test(entry)) problems.push('the desktop entry has no keywords')
  if (/^MimeType=/m.test(entry)) problems.push('the desktop entry claims files of other programs (MimeType)')
  const program = /^Exec="([^"]+)" %U$/m.exec(entry)?.[1]
  const onPath = await realpath(`/usr/bin/${DEB}`)
  if (program === undefined || (await realpath(program)) !== onPath) {
    problems.push(
      `/usr/bin/${DEB} (${await readlink(`/usr/bin/${DEB}`)}) is not what the desktop starts (${program})`,
    )
  }
  const { mode, uid } = await stat(onPath)
  if ((mode & 0o777) !== 0o755 || uid !== 0) problems.push(`${onPath} is not root's, or others may write it`)
  return problems
}

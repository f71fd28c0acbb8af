import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { runBuilder } from './builder.mjs'
import { makeDummyElectron } from './dummy-electron.mjs'
import { bringNatives } from './natives.mjs'
import { writeNotices } from './notices.mjs'
import { configFrom } from './publish.mjs'

const SHIM = path.join(import.meta.dirname, 'deb-shim', 'fpm')

/**
 * Builds the Debian package of this processor into `folder`, around Electron where it is here, and gives back its file.
 *
 * @param {string} folder
 * @param {string | null} electron Electron's binary
 */
export async function buildDeb(folder, electron) {
  await writeNotices()
  await bringNatives(`linux-${process.arch}`)
  const build = { platform: 'linux', formats: ['deb'], archs: [process.arch], updates: false }
  const output = path.join(folder, 'dist')
  await runBuilder(
    build,
    {
      ...configFrom(build, {}),
      directories: { output },
      electronDist: electron === null ? await dummy(folder) : path.dirname(electron),
    },
    {
      quiet: true,
      env: { CUSTOM_FPM_PATH: SHIM, ...process.env, JIRA_TPM_NODE: process.execPath },
    },
  )
  const deb = (await readdir(output)).find((file) => file.endsWith('.deb'))
  if (deb === undefined) throw new Error(`electron-builder made no deb in ${output}`)
  return path.join(output, deb)
}

async function dummy(folder) {
  const electron = path.join(folder, 'electron')
  await makeDummyElectron(electron)
  return electron
}

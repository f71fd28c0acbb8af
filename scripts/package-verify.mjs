// npm run package:verify: builds the Debian package, installs it, runs what was installed, and removes it again.
// Electron's own files are a dummy where they are not here, and fpm is scripts/package/deb-shim where it is not given
// (CUSTOM_FPM_PATH). It runs as root; e2e/README.md says what it cannot show.
//   --every-target   looks first at what is packed for the other systems and processors
import './require-node.mjs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildIfStale } from './build-if-stale.mjs'
import { findElectron } from './find-electron.mjs'
import { installDeb, purgeDeb, snapshot, verifyDeb, whyNoInstall } from './package/deb.mjs'
import { buildDeb } from './package/build-deb.mjs'
import { lookAtInstalled } from './package/look-at-installed.mjs'
import { writeNotices } from './package/notices.mjs'
import { packEveryTarget } from './package/pack-every-target.mjs'
import { runInstalled } from './package/run-installed.mjs'

const began = performance.now()
const refusal = await whyNoInstall()
if (refusal === null) {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-verify-'))
  try {
    await verify(folder)
  } catch (error) {
    console.error(`\n${error.message}\nThe package was not verified.`)
    process.exitCode = 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
} else {
  console.error(`The package was not verified: ${refusal}. Nothing was built or installed.`)
  process.exitCode = 1
}

async function verify(folder) {
  const electron = findElectron()
  say(
    electron === null
      ? "Electron's binary is not here: a dummy stands in its place"
      : `Electron: ${electron}`,
  )
  await step('built out/', () => buildIfStale())
  if (process.argv.includes('--every-target')) {
    await writeNotices()
    await step('packed every target', () => packEveryTarget(folder, say))
  }
  const deb = await step('built the deb', () => buildDeb(folder, electron))
  const before = await snapshot()
  try {
    const missing = await step('installed it', () => installDeb(deb))
    if (missing.length > 0) say(`not here, and Electron would need it: ${missing.join(', ')}`)
    expectNone('dpkg -V found changed files', await verifyDeb())
    await step('looked at what is inside', () => lookAtInstalled(say))
    await step('ran it', () => runInstalled(folder, electron, say))
  } finally {
    await step('removed it', () => purgeDeb())
  }
  const left = [...(await snapshot())].filter((file) => !before.has(file))
  expectNone('Left behind after the removal', left)
  say('nothing is left of it; what people keep in their data folders is theirs, and stays')
  say(`verified in ${seconds(began)} s`)
}

async function step(name, act) {
  const from = performance.now()
  const result = await act()
  say(`${name} in ${seconds(from)} s`)
  return result
}

function expectNone(what, found) {
  if (found.length > 0) throw new Error(`${what}:\n  ${found.join('\n  ')}`)
}

function seconds(from) {
  return ((performance.now() - from) / 1000).toFixed(1)
}

function say(line) {
  console.log(`package: ${line}`)
}

// npm run package: installers for this system and processor, in dist/.
//   --all                  for every system that can be made on this one
//   --linux --mac --win    for these
//   --dir                  the folder with the program only
//   --arch x64             one processor; may be given twice
import './require-node.mjs'
import { parseArgs } from 'node:util'
import { buildIfStale } from './build-if-stale.mjs'
import { runBuilder } from './package/builder.mjs'
import { bringNatives } from './package/natives.mjs'
import { writeNotices } from './package/notices.mjs'
import { configFrom } from './package/publish.mjs'
import { buildsFor, SYSTEM } from './package/targets.mjs'

const flag = { type: 'boolean', default: false }
const options = {
  all: flag,
  linux: flag,
  mac: flag,
  win: flag,
  dir: flag,
  arch: { type: 'string', multiple: true },
}
let values

try {
  values = parseArgs({ options }).values
  await makePackages()
} catch (error) {
  const misspelt = error.code?.startsWith('ERR_PARSE_ARGS')
  console.error(misspelt ? `${error.message}. Nothing was built.` : error.message)
  process.exitCode = misspelt ? 2 : 1
}

async function makePackages() {
  const { builds, leftOut } = buildsFor(process.platform, wantedPlatforms(), wantedArchs())
  for (const platform of leftOut) {
    console.error(
      `Nothing is built for ${SYSTEM[platform]}: its installers are made on ${SYSTEM[platform]} (.github/workflows/release.yml).`,
    )
  }
  if (builds.length === 0) throw new Error('There is nothing to build.')

  buildIfStale()
  await writeNotices()
  const targets = builds.flatMap(({ platform, archs }) => archs.map((arch) => `${platform}-${arch}`))
  for (const target of new Set(targets)) await bringNatives(target)
  for (const build of values.dir ? [foldersOf(builds)] : builds) {
    await runBuilder(build, configFrom(build, process.env))
  }
  // A whole --all is what was asked for; one that left systems out says so by its exit code, unless nothing else was.
  if (leftOut.length > 0 && !values.all) process.exitCode = 1
}

function wantedPlatforms() {
  if (values.all) return ['linux', 'darwin', 'win32']
  const named = [values.linux && 'linux', values.mac && 'darwin', values.win && 'win32'].filter(Boolean)
  return named.length > 0 ? named : [process.platform]
}

/** Those named; for this system alone its own processor; else all. */
function wantedArchs() {
  if (values.arch) return values.arch
  return values.all || values.linux || values.mac || values.win ? null : [process.arch]
}

/** The program's folder needs no installer's tools. */
function foldersOf([{ platform, archs }]) {
  return { platform, formats: ['dir'], archs, updates: false }
}

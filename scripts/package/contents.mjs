import { readFileSync, statSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import path from 'node:path'
import { getRawHeader } from '@electron/asar'
import { binaryTarget } from './binary-target.mjs'

/** Megabytes that the archive and the libraries next to it may have together. */
export const SIZE_LIMIT_MB = 25

/**
 * What is inside a packed program.
 *
 * @typedef {object} Contents
 * @property {string[]} archived files of app.asar, by their paths with `/`
 * @property {string[]} unpacked files of app.asar.unpacked
 * @property {string[]} unhashed archived files without a hash: nothing would notice a change of theirs
 * @property {Record<string, string | null>} natives the unpacked libraries, each with the target that it was built for
 * @property {number} bytes archive and libraries together
 */

/**
 * Reads it from the folder that holds app.asar: the archive's own table, and the folder next to it.
 *
 * @param {string} resources
 * @returns {Promise<Contents>}
 */
export async function readContents(resources) {
  const archive = path.join(resources, 'app.asar')
  const listed = filesOf(getRawHeader(archive).header)
  const unpacked = []
  const natives = {}
  let { size: bytes } = statSync(archive)
  const folder = path.join(resources, 'app.asar.unpacked')
  for await (const entry of glob('**/*', { cwd: folder })) {
    const file = path.join(folder, entry)
    if (statSync(file).isDirectory()) continue
    const name = entry.replaceAll(path.sep, '/')
    unpacked.push(name)
    bytes += statSync(file).size
    if (name.endsWith('.node')) natives[name] = binaryTarget(readFileSync(file))
  }
  return {
    archived: listed.filter(({ entry }) => !entry.unpacked).map(({ name }) => name),
    unpacked: unpacked.toSorted(),
    unhashed: listed.filter(({ entry }) => !entry.integrity?.hash).map(({ name }) => name),
    natives,
    bytes,
  }
}

/** The files of an asar's header, depth first. */
function filesOf({ files }, folder = '') {
  return Object.entries(files).flatMap(([part, entry]) => {
    const name = `${folder}${part}`
    return entry.files ? filesOf(entry, `${name}/`) : [{ name, entry }]
  })
}

/**
 * What is wrong with a packed program, in sentences; none where all is as expected.
 *
 * @param {Contents} contents
 * @param {string} list the text of expected-contents.txt
 * @param {string} target such as `linux-x64`
 */
export function findProblems(contents, list, target) {
  const expected = readList(list, target)
  const problems = [
    ...compare(
      contents.archived,
      expected.filter(({ where }) => where === 'archived'),
      'in the archive',
    ),
    ...compare(
      contents.unpacked,
      expected.filter(({ where }) => where === 'beside'),
      'beside the archive',
    ),
    ...contents.unhashed.map((file) => `${file} has no hash in the archive`),
  ]
  for (const [file, builtFor] of Object.entries(contents.natives)) {
    if (builtFor !== target)
      problems.push(`${file} is for ${builtFor ?? 'no system that is known'}, not ${target}`)
  }
  const size = megabytes(contents.bytes)
  if (size > SIZE_LIMIT_MB) {
    problems.push(`archive and libraries are ${size.toFixed(1)} MB; at most ${SIZE_LIMIT_MB} are allowed`)
  }
  return problems
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return bytes / 1_000_000
}

/**
 * What is wrong with the files that a package put on a machine, as paths from its root.
 *
 * @param {readonly string[]} files
 * @param {string} list the text of expected-contents.txt
 * @param {string} target
 */
export function findInstalledProblems(files, list, target) {
  return compare(
    files,
    readList(list, target).filter(({ where }) => where === 'installed'),
    'on the machine',
  )
}

const PLACES = ['archived', 'beside', 'installed']

/** Lines of `archived PATTERN` and so on; a line that begins with `#`, and what follows ` #`, is a remark. */
function readList(list, target) {
  return list
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, where, pattern] = /^(\S+)\s+(.+)$/.exec(line) ?? []
      if (!PLACES.includes(where)) throw new Error(`Not a line of a list of contents: ${line}`)
      return { where, pattern: pattern.replaceAll('{target}', target) }
    })
}

function compare(files, expected, place) {
  const unexpected = files.filter(
    (file) => !expected.some(({ pattern }) => path.posix.matchesGlob(file, pattern)),
  )
  const missing = expected.filter(
    ({ pattern }) => !files.some((file) => path.posix.matchesGlob(file, pattern)),
  )
  return [
    ...unexpected.map((file) => `${file} is ${place} and is not expected there`),
    ...missing.map(({ pattern }) => `${pattern} is missing ${place}`),
  ]
}

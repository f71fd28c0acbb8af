import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { findProblems, megabytes, readContents } from './contents.mjs'

const ARCHS = { 1: 'x64', 3: 'arm64' } // electron-builder's numbers

/**
 * electron-builder calls it after it packed a program, before it signs: what is inside is as expected, for every target,
 * or nothing is built.
 *
 * @param {import('electron-builder').AfterPackContext} context
 */
export default async function afterPack({ appOutDir, arch, electronPlatformName, packager }) {
  const target = `${electronPlatformName}-${ARCHS[arch]}`
  const list = await readFile(path.join(import.meta.dirname, 'expected-contents.txt'), 'utf8')
  const contents = await readContents(packager.getResourcesDir(appOutDir))
  const problems = findProblems(contents, list, target)
  if (problems.length > 0) {
    throw new Error(`The program for ${target} is not what it should be:\n  ${problems.join('\n  ')}`)
  }
  console.log(`  • contents as expected  target=${target} size=${megabytes(contents.bytes).toFixed(1)} MB`)
}

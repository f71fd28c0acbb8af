import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { root } from '../build-if-stale.mjs'
import { NOTICES } from './notices.mjs'
import { npmManifest, prunedSqliteManifest } from './npm-manifest.mjs'
import { reachable } from './reachable.mjs'

/**
 * Lays out the npm package in a folder, which is emptied first: what the command line needs of the build, what ships
 * next to it, and better-sqlite3 without its sources.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, string | undefined>>} env for its manifest
 */
export async function stageNpm(folder, env) {
  await rm(folder, { recursive: true, force: true })
  await mkdir(path.join(folder, 'bin'), { recursive: true })
  const copy = (from, to = from) => cp(path.join(root, from), path.join(folder, to), { recursive: true })

  const project = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  await writeJson(path.join(folder, 'package.json'), npmManifest(project, env))
  await copy('scripts/package/npm/jira-tpm.mjs', 'bin/jira-tpm.mjs')
  await chmod(path.join(folder, 'bin/jira-tpm.mjs'), 0o755)
  await copy('scripts/package/npm/README.md', 'README.md')
  await copy('LICENSE')
  await copy('migrations')
  await copy('data')
  for (const file of await reachable(path.join(root, 'out', 'main'))) await copy(`out/main/${file}`)
  await cp(path.join(root, 'out/renderer'), path.join(folder, 'out/renderer'), {
    recursive: true,
    filter: (file) => path.basename(file) !== '.vite',
  })
  await cp(NOTICES, path.join(folder, 'THIRD-PARTY-LICENSES.md'))

  const sqlite = 'node_modules/better-sqlite3'
  for (const part of ['lib', 'prebuilds', 'LICENSE']) await copy(`${sqlite}/${part}`)
  const manifest = JSON.parse(await readFile(path.join(root, sqlite, 'package.json'), 'utf8'))
  await writeJson(path.join(folder, sqlite, 'package.json'), prunedSqliteManifest(manifest))
}

function writeJson(file, value) {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}

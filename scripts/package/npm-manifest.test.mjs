import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { npmManifest, prunedSqliteManifest } from './npm-manifest.mjs'

const root = path.join(import.meta.dirname, '../..')
const project = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))

test('the npm package has one command and native packages only', () => {
  const manifest = npmManifest(project, {})
  expect(manifest).toMatchObject({
    name: 'jira-tpm',
    version: project.version,
    bin: { 'jira-tpm': 'bin/jira-tpm.mjs' },
  })
  expect(Object.keys(manifest.dependencies)).toEqual(['better-sqlite3', 'keytar'])
  expect(manifest.peerDependenciesMeta).toEqual({ '@napi-rs/canvas': { optional: true } })
  for (const field of ['private', 'scripts', 'devDependencies', 'main'])
    expect(manifest).not.toHaveProperty(field)
})

test('it names addresses where there are some', () => {
  const env = { JIRA_TPM_HOMEPAGE: 'https://x.example', GITHUB_REPOSITORY: 'someone/jira-tpm' }
  expect(npmManifest(project, env)).toMatchObject({
    homepage: 'https://x.example',
    repository: { type: 'git', url: 'git+https://github.com/someone/jira-tpm.git' },
  })
  expect(npmManifest(project, {})).not.toHaveProperty('repository')
})

test('it asks for the Node that its command asks for', async () => {
  const command = await readFile(path.join(import.meta.dirname, 'npm/jira-tpm.mjs'), 'utf8')
  const [, minor] = /minor < (\d+)/.exec(command)
  expect(npmManifest(project, {}).engines.node).toBe(`>=22.${minor}.0`)
  expect(command).toContain(`needs Node 22.${minor} or newer`)
})

test('a package that the project does not depend on cannot be named', () => {
  expect(() => npmManifest({ ...project, dependencies: {} }, {})).toThrow(
    'package.json has no dependency better-sqlite3',
  )
})

test('the copy of better-sqlite3 brings nothing to compile and nothing to install', async () => {
  const manifest = JSON.parse(
    await readFile(path.join(root, 'node_modules/better-sqlite3/package.json'), 'utf8'),
  )
  const pruned = prunedSqliteManifest(manifest)
  expect(pruned).toMatchObject({ name: 'better-sqlite3', main: manifest.main, license: 'MIT' })
  for (const field of ['scripts', 'gypfile', 'dependencies']) expect(pruned).not.toHaveProperty(field)
})

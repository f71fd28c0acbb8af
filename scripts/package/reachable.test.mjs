import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { reachable } from './reachable.mjs'

let folder

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-reachable-'))
})

afterEach(() => rm(folder, { recursive: true }))

async function bundle(files) {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
}

test('what an entry imports is taken, however it does so, and nothing else', async () => {
  await bundle({
    'cli.js':
      'import { a } from "./a-12345678.js";\nimport "./b.js"\nconst c = () => import("./c.js")\n// see "./gone.js"',
    'a-12345678.js': 'export * from "./d.js"',
    'b.js': 'import "./cli.js"',
    'c.js': '// once: import x from "./never-there.js"',
    'd.js': '',
    'main.js': 'import { app } from "electron"',
  })
  expect(new Set(await reachable(folder, ['cli.js']))).toEqual(
    new Set(['a-12345678.js', 'b.js', 'c.js', 'cli.js', 'd.js']),
  )
})

test('Electron in what the command line needs is a mistake', async () => {
  await bundle({ 'cli.js': 'import "./shared.js"', 'shared.js': 'import { app } from "electron";' })
  await expect(reachable(folder, ['cli.js'])).rejects.toThrow('shared.js imports Electron')
})

test('an entry that is missing is a mistake', async () => {
  await bundle({ 'cli.js': '' })
  await expect(reachable(folder, ['cli.js', 'worker.js'])).rejects.toThrow('worker.js')
})

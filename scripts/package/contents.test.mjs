import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createPackageWithOptions } from '@electron/asar'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findInstalledProblems, findProblems, readContents } from './contents.mjs'

const TARGET = 'linux-x64'
const LIST = `
# a remark
archived package.json
archived out/main/*.js   # another
beside node_modules/sqlite/{target}.node
installed opt/The App/app
`

/** The first bytes of a library for Linux on x64. */
function elf(machine = 0x3e, size = 64) {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32BE(0x7f454c46)
  bytes.writeUInt16LE(machine, 18)
  return bytes
}

const GOOD = { 'package.json': '{}', 'out/main/main.js': '1', 'node_modules/sqlite/linux-x64.node': elf() }

let folder

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-contents-'))
})

afterEach(() => rm(folder, { recursive: true }))

/** What is wrong with a program that was packed from these files. */
async function problemsOf(files, options = { unpack: '*.node' }) {
  const app = path.join(folder, 'app')
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(app, file)), { recursive: true })
    await writeFile(path.join(app, file), content)
  }
  await createPackageWithOptions(app, path.join(folder, 'app.asar'), options)
  return findProblems(await readContents(folder), LIST, TARGET)
}

describe('the contents of a packed program', () => {
  test('are as expected', async () => {
    expect(await problemsOf(GOOD)).toEqual([])
  })

  test('may have no file more', async () => {
    expect(await problemsOf({ ...GOOD, 'src/secret.ts': '' })).toEqual([
      'src/secret.ts is in the archive and is not expected there',
    ])
  })

  test('may have none less', async () => {
    const { 'out/main/main.js': _gone, ...rest } = GOOD
    expect(await problemsOf(rest)).toEqual(['out/main/*.js is missing in the archive'])
  })

  test('want their library', async () => {
    const { 'node_modules/sqlite/linux-x64.node': _gone, ...rest } = GOOD
    expect(await problemsOf(rest)).toEqual([
      'node_modules/sqlite/linux-x64.node is missing beside the archive',
    ])
  })

  test('want it beside the archive, where the system can load it', async () => {
    const problems = await problemsOf(GOOD, {})
    expect(problems).toContain('node_modules/sqlite/linux-x64.node is missing beside the archive')
    expect(problems).toContain(
      'node_modules/sqlite/linux-x64.node is in the archive and is not expected there',
    )
  })

  test('want it for their own processor, whatever its name says', async () => {
    expect(await problemsOf({ ...GOOD, 'node_modules/sqlite/linux-x64.node': elf(0xb7) })).toEqual([
      'node_modules/sqlite/linux-x64.node is for linux-arm64, not linux-x64',
    ])
  })

  test('have no code beside the archive, where nothing would notice a change', async () => {
    expect(await problemsOf(GOOD, { unpack: '*.{node,js}' })).toEqual([
      'out/main/*.js is missing in the archive',
      'out/main/main.js is beside the archive and is not expected there',
    ])
  })

  test('have a hash of each file', async () => {
    await problemsOf(GOOD)
    const contents = await readContents(folder)
    expect(contents.unhashed).toEqual([])
    expect(findProblems({ ...contents, unhashed: ['package.json'] }, LIST, TARGET)).toEqual([
      'package.json has no hash in the archive',
    ])
  })

  test('are no larger than allowed, libraries and archive together', async () => {
    const [problem, ...others] = await problemsOf({
      ...GOOD,
      'out/main/main.js': Buffer.alloc(13_000_000),
      'node_modules/sqlite/linux-x64.node': elf(0x3e, 13_000_000),
    })
    expect(problem).toBe('archive and libraries are 26.0 MB; at most 25 are allowed')
    expect(others).toEqual([])
  })
})

test('a package puts on a machine what is expected, names with blanks too', () => {
  expect(findInstalledProblems(['opt/The App/app'], LIST, TARGET)).toEqual([])
  expect(findInstalledProblems(['opt/The App/app', 'etc/cron.d/app'], LIST, TARGET)).toEqual([
    'etc/cron.d/app is on the machine and is not expected there',
  ])
  expect(findInstalledProblems([], LIST, TARGET)).toEqual(['opt/The App/app is missing on the machine'])
})

test('a line that is none is refused', () => {
  expect(() => findInstalledProblems([], 'everywhere *', TARGET)).toThrow(
    'Not a line of a list of contents: everywhere *',
  )
})

test('the checked-in list can be read', async () => {
  const list = await readFile(path.join(import.meta.dirname, 'expected-contents.txt'), 'utf8')
  expect(findInstalledProblems([], list, TARGET).length).toBeGreaterThan(3)
})

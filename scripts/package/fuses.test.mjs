import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeDummyElectron } from './dummy-electron.mjs'
import { FUSES, readFuses } from './fuses.mjs'

let folder

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-fuses-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('the dummy has every fuse on, so that what is switched off can be seen', async () => {
  await makeDummyElectron(folder)
  expect(await readFuses(path.join(folder, 'electron'))).toEqual(
    Object.fromEntries(FUSES.map((name) => [name, true])),
  )
})

test('a program without fuses is no Electron', async () => {
  await writeFile(path.join(folder, 'program'), 'nothing')
  await expect(readFuses(path.join(folder, 'program'))).rejects.toThrow('has no fuses')
})

test('every fuse is stated, and the checklist is kept', async () => {
  const { electronFuses } = parse(
    await readFile(path.join(import.meta.dirname, '../../electron-builder.yml'), 'utf8'),
  )
  expect(electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    grantFileProtocolExtraPrivileges: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    enableCookieEncryption: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    resetAdHocDarwinSignature: true,
  })
  expect(FUSES.filter((name) => electronFuses[name] === undefined)).toEqual([])
})

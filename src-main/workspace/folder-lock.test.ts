import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFolderLock } from './folder-lock.ts'
import { testFolder } from '../../test-support/end.ts'

let folder: string
const children: ChildProcess[] = []
beforeEach(() => void (folder = testFolder()))
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process that does `work` under the lock, and has no more than so many files open. */
function elsewhere(work: string, before = '', files: number | null = null): ChildProcess {
  const source = `
    import fs from 'node:fs'
    import { withFolderLock } from ${JSON.stringify(path.join(import.meta.dirname, 'folder-lock.ts'))}
    const folder = ${JSON.stringify(folder)}
    ${before}
    await withFolderLock(folder, () => { ${work} })`
  const argv = [process.execPath, '--input-type=module', '-e', source]
  const [program, ...args] =
    files === null ? argv : ['sh', '-c', `ulimit -n ${files}; exec "$0" "$@"`, ...argv]
  const child = spawn(program as string, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

const KEEPS = `fs.writeSync(1, 'held'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`

test('another process that has it is waited for, and after three seconds reported; killed, it has let go', async () => {
  const child = elsewhere(KEEPS)
  await once(child.stdout!, 'data')
  await expect(withFolderLock(folder, () => {})).rejects.toMatchObject({ code: 'busy', retryable: true })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await withFolderLock(folder, () => 'done')).toBe('done')
})

test('of locks that earlier editions left, of a process that lives or of none, nobody waits', async () => {
  for (const name of ['tokens.json.lock', 'config.json.lock', 'instance.json.lock']) {
    writeFileSync(path.join(folder, name), String(process.ppid))
  }
  writeFileSync(path.join(folder, 'lock'), '')
  expect(await withFolderLock(folder, () => 'done')).toBe('done')
})

test.skipIf(process.platform === 'win32')(
  'a process that can open no file takes nobody’s lock away, and says what is the matter',
  async () => {
    const holder = elsewhere(KEEPS)
    await once(holder.stdout!, 'data')
    const poor = elsewhere(
      `fs.writeSync(1, 'taken')`,
      `await withFolderLock(fs.mkdtempSync(folder + '/'), () => {}) // has loaded what it needs
    for (;;) try { fs.openSync('/dev/null') } catch { break }
    try { await withFolderLock(folder, () => {}) } catch (error) { fs.writeSync(1, error.code) }
    process.exit()`,
      200,
    )
    const [said] = (await once(poor.stdout!, 'data')) as [Buffer]
    expect(said.toString()).toBe('EMFILE')
    await expect(withFolderLock(folder, () => {})).rejects.toMatchObject({ code: 'busy' })
  },
)

test('what cannot be locked says why, as the file system does', async () => {
  await expect(withFolderLock(path.join(folder, 'gone'), () => {})).rejects.toMatchObject({ code: 'ENOENT' })
})

test('many processes add up one number without losing any, and leave one empty file', async () => {
  const file = path.join(folder, 'number')
  writeFileSync(file, '0')
  const add = `const file = ${JSON.stringify(file)}
    fs.writeFileSync(file, String(Number(fs.readFileSync(file, 'utf8')) + 1))`
  const adding = Array.from({ length: 6 }, () =>
    once(
      elsewhere(add, `for (let i = 1; i < 20; i++) await withFolderLock(folder, () => { ${add} })`),
      'exit',
    ),
  )
  await Promise.all(adding)
  expect(readFileSync(file, 'utf8')).toBe('120')
  expect(readdirSync(folder).toSorted()).toEqual(['lock', 'number'])
  expect(statSync(path.join(folder, 'lock')).size).toBe(0)
})

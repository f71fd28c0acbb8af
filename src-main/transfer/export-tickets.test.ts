import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Writable } from 'node:stream'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../store/store.ts'
import { page, ticket } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import type { ExportRequest } from './export-tickets.ts'
import { SITE, testTransfer, type TestTransfer } from '../../test-support/transfer/transfer.ts'

const MS = Date.UTC(2021, 2, 4, 10)

let store: Store
let transfer: TestTransfer
beforeEach(async () => {
  store = await openTestStore()
  transfer = testTransfer(store)
})

async function fill(count: number): Promise<void> {
  const tickets = Array.from({ length: count }, (_, n) => ticket(String(n), { createdMs: MS + n * 1_000 }))
  await store.applyPage({ ...page(tickets), siteId: SITE })
}

async function ids(given: Partial<ExportRequest>, from: TestTransfer = transfer): Promise<string[]> {
  const lines = (await from.exportText(given)).trimEnd().split('\n')
  return lines.map((line) => (JSON.parse(line) as { id: string }).id)
}

describe('what is exported', () => {
  beforeEach(async () => {
    const tickets = [
      ticket('3', { createdMs: MS + 2_000, title: '=HYPERLINK("x")' }),
      ticket('1', { createdMs: MS }),
      ticket('2', { createdMs: MS + 1_000, projectKey: 'OPS' }),
      ticket('4', { createdMs: MS + 3_000, priorityId: '5', priorityName: 'Lowest' }),
    ]
    const removals = [{ id: '1', reason: 'deleted' as const, atMs: MS + 9_000 }]
    await store.applyPage({ ...page(tickets), siteId: SITE })
    await store.applyPage({ ...page([], { removals }), siteId: SITE })
  })

  test('all that counts, of every priority, oldest first; those that left on demand', async () => {
    expect(await ids({ withLeft: false })).toEqual(['2', '3', '4'])
    expect(await ids({ withLeft: true })).toEqual(['1', '2', '3', '4'])
  })

  test('a span, and the project that is shown', async () => {
    expect(await ids({ fromMs: MS + 1_000, toMs: MS + 3_000 })).toEqual(['2', '3'])
    expect(await ids({}, testTransfer(store, { projectKey: 'OPS' }))).toEqual(['2'])
  })

  test('as JSON lines and as CSV', async () => {
    const [line = ''] = (await transfer.exportText({ withLeft: true })).split('\n')
    expect(Object.entries(JSON.parse(line) as object)).toEqual([
      ['id', '1'],
      ['key', 'TPM-1'],
      ['projectKey', 'TPM'],
      ['title', 'Ticket 1'],
      ['priorityId', '2'],
      ['priorityName', 'High'],
      ['status', 'To Do'],
      ['created', '2021-03-04T10:00:00.000Z'],
      ['updated', '2021-03-04T10:00:00.000Z'],
      ['left', '2021-03-04T10:00:09.000Z'],
      ['leftReason', 'deleted'],
      ['leftProjectKey', 'TPM'],
    ])
    const csv = (await transfer.exportText({ format: 'csv', withLeft: false })).split('\n')
    expect(csv[0]).toBe(
      'id,key,projectKey,title,priorityId,priorityName,status,created,updated,left,leftReason,leftProjectKey,issueType,components,labels,rehearsed,reporter',
    )
    expect(csv[2]).toMatch(/^3,TPM-3,TPM,"'=HYPERLINK\(""x""\)",2,High,To Do,2021-03-04T10:00:02\.000Z,/)
    expect(csv).toHaveLength(5)
  })

  test('of an empty store: an empty text, or the names alone', async () => {
    await store.dropTables()
    await store.createTables()
    expect(await transfer.exportText()).toBe('')
    expect(await transfer.exportText({ format: 'csv' })).toMatch(/^id,[^\n]+\n$/)
  })
})

const request = { format: 'jsonl', fromMs: null, toMs: null, withLeft: false } as const

test('no more is read than is taken', async () => {
  await fill(20_000)
  const read = vi.spyOn(store, 'ticketsAfter')
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void opened.then(() => done()),
  })
  const { signal } = new AbortController()
  const exporting = testTransfer(store).exportTickets({
    ...request,
    target: { stream },
    signal,
    onProgress: () => {},
  })
  await vi.waitFor(() => expect(read).toHaveBeenCalled())
  await delay(100)
  expect(read.mock.calls.length).toBeLessThanOrEqual(3)
  open()
  expect(await exporting).toBe(20_000)
  expect(stream.writableEnded).toBe(false)
})

describe('a file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tpm-export-'))
    onTestFinished(() => rm(folder, { recursive: true }))
  })

  function exportTo(
    file: string,
    given: { signal?: AbortSignal; onProgress?: () => void } = {},
  ): Promise<number> {
    const target = { file: path.join(folder, file) }
    const { signal = new AbortController().signal, onProgress = () => {} } = given
    return transfer.exportTickets({ ...request, target, signal, onProgress })
  }

  test('is there when all of it is, in place of what was there', async () => {
    await fill(2_500)
    writeFileSync(path.join(folder, 'a.jsonl'), 'what was there')
    const seen = new Set<string>()
    const onProgress = (): void => void seen.add(readFileSync(path.join(folder, 'a.jsonl'), 'utf8'))
    expect(await exportTo('a.jsonl', { onProgress })).toBe(2_500)
    expect([...seen]).toEqual(['what was there'])
    expect(readFileSync(path.join(folder, 'a.jsonl'), 'utf8')).toBe(await transfer.exportText())
    expect(await readdir(folder)).toEqual(['a.jsonl'])
  })

  test('stays as it was where the export is interrupted, or the store fails; nothing is left beside it', async () => {
    await fill(2_500)
    writeFileSync(path.join(folder, 'a.jsonl'), 'what was there')
    const leaving = new AbortController()
    const interrupted = exportTo('a.jsonl', {
      signal: leaving.signal,
      onProgress: () => leaving.abort(new Error('Ctrl-C')),
    })
    await expect(interrupted).rejects.toMatchObject({ code: 'cancelled' })
    vi.spyOn(store, 'ticketsAfter').mockRejectedValue(new AppError('store-unavailable', 'The store is away.'))
    transfer = testTransfer(store)
    await expect(exportTo('a.jsonl')).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(readFileSync(path.join(folder, 'a.jsonl'), 'utf8')).toBe('what was there')
    expect(await readdir(folder)).toEqual(['a.jsonl'])
  })

  test('a link stays one, and what it leads to is written', async () => {
    await fill(3)
    writeFileSync(path.join(folder, 'real.jsonl'), '')
    symlinkSync('real.jsonl', path.join(folder, 'link.jsonl'))
    await exportTo('link.jsonl')
    expect(lstatSync(path.join(folder, 'link.jsonl')).isSymbolicLink()).toBe(true)
    expect(readFileSync(path.join(folder, 'real.jsonl'), 'utf8').split('\n')).toHaveLength(4)
  })

  test.skipIf(process.platform === 'win32')('a pipe is written into, and stays', async () => {
    await fill(3)
    const pipe = path.join(folder, 'pipe')
    execFileSync('/usr/bin/mkfifo', [pipe])
    const reading = import('node:fs/promises').then(({ readFile }) => readFile(pipe, 'utf8'))
    await exportTo('pipe')
    expect((await reading).split('\n')).toHaveLength(4)
    expect(lstatSync(pipe).isFIFO()).toBe(true)
  })

  test('where there can be none: says so', async () => {
    await fill(3)
    await expect(exportTo('nowhere/a.jsonl')).rejects.toMatchObject({
      code: 'usage',
      message: `The file ${path.join(folder, 'nowhere/a.jsonl')} cannot be written (ENOENT). Nothing was exported.`,
    })
    await mkdir(path.join(folder, 'a.jsonl'))
    await expect(exportTo('a.jsonl')).rejects.toMatchObject({ code: 'usage' })
  })

  test.skipIf(!existsSync('/dev/full'))('where there is no room: says so', async () => {
    await fill(3)
    const exporting = transfer.exportTickets({
      ...request,
      target: { file: '/dev/full' },
      signal: new AbortController().signal,
      onProgress: () => {},
    })
    await expect(exporting).rejects.toMatchObject({
      code: 'folder-not-writable',
      message: expect.stringContaining('ENOSPC'),
    })
    expect(existsSync('/dev/full')).toBe(true)
  })
})

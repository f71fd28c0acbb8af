import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, vi } from 'vitest'
import type { TestSandbox } from '#jira-sandbox/testing'
import { addWatched, openTestApp, watchedKeys, type TestApp } from './app.ts'
import { testFolder } from './end.ts'
import { onceEach, ticketsBySlot } from './generator/generator.ts'
import { startReceiver } from './outputs/receiver.ts'
import type { Receiver } from './outputs/open-receiver.ts'
import type { RestorableStore } from './store/restorable.ts'

const soon = { timeout: 60_000, interval: 50 }
const SLOTS = 12

/** What is known of the time that a store is to lose. */
export interface LostTime {
  readonly app: TestApp
  readonly runId: string
  /** The key of a ticket that was deleted from Jira in that time. */
  readonly gone: string
  readonly receiver: Receiver
  /** What was sent to it, by its keys. */
  readonly sent: readonly string[]
}

/** An app of a workspace, whose store shows all that the site has. */
export async function openSettled(
  site: TestSandbox,
  { config: store }: Pick<RestorableStore, 'config'>,
  dataDir = testFolder(),
): Promise<TestApp> {
  const app = await openTestApp(site, { store, dataDir })
  await app.start()
  await expectAll(app, site)
  return app
}

/** As `expectAll`, but for a ticket that may be counted until a census has missed it twice. */
export async function expectAllBut(gone: string, app: TestApp, site: TestSandbox): Promise<void> {
  const wanted = (await watchedKeys(site)).toSorted()
  const but = async () => (await app.keys()).filter((key) => key !== gone).toSorted()
  await vi.waitFor(async () => expect(await but()).toEqual(wanted), soon)
}

/** Waits until it has noted a number that it wrote to the store after now. */
async function writesReceipt({ dataDir }: TestApp): Promise<void> {
  const noted = (): string => readFileSync(path.join(dataDir, 'stores.json'), 'utf8')
  const before = noted()
  await vi.waitFor(() => expect(noted()).not.toBe(before), soon)
}

export async function expectAll(app: TestApp, site: TestSandbox): Promise<void> {
  const wanted = (await watchedKeys(site)).toSorted()
  await vi.waitFor(async () => expect((await app.keys()).toSorted()).toEqual(wanted), soon)
}

/**
 * A backup in the middle of a run, while a message waits for an output; then the run ends, the message is sent, tickets come and
 * one goes, and a receipt is written that the backup has not.
 */
export async function loseTime(site: TestSandbox, backups: RestorableStore): Promise<LostTime> {
  const app = await openSettled(site, backups)
  const receiver = await startReceiver(503)
  await app.call('outputs.add', { name: 'On call', kind: 'webhook', url: receiver.url, allowPrivate: true })
  const condition = { kind: 'at-least', tickets: 1, minutes: 60 } as const
  await app.call('alerts.add', { name: 'Any', scope: {}, condition })
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(0), soon)

  const confirmedSite = (await app.call('session.get', {})).site.id
  const { runId } = await app.call('runs.start', { count: SLOTS, minutes: 0.2, confirmedSite })
  await vi.waitFor(() => expect(app.runs.at(-1)?.created).toBeGreaterThan(3), soon)
  await backups.backUp()

  receiver.answer = 200
  receiver.received.length = 0
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(0), { ...soon, timeout: 120_000 })
  await vi.waitFor(() => expect(app.runs.at(-1)).toMatchObject({ state: 'done', created: SLOTS }), soon)
  const [gone = ''] = await watchedKeys(site)
  await addWatched(site, 3)
  await expectAll(app, site)
  await site.remove(gone)
  await writesReceipt(app)
  return { app, runId, gone, receiver, sent: receiver.received.map(keyOf) }
}

/** All is right again: every ticket shown once, each slot made once, an audit whole, and the message sent again as the same one. */
export async function expectWhole(
  app: TestApp,
  site: TestSandbox,
  { runId, receiver, sent }: LostTime,
): Promise<void> {
  // The lease of whoever worked on it at the time of the backup runs out first.
  await vi.waitFor(() => app.call('runs.resume', { runId }), soon)
  await vi.waitFor(() => expect(app.runs.at(-1)).toMatchObject({ state: 'done', created: SLOTS }), soon)
  await app.call('sync.now', {})
  expect(await ticketsBySlot(site, runId)).toEqual(onceEach(SLOTS))
  expect(await app.call('audit.run', { runId })).toMatchObject({ ok: true, planned: SLOTS, created: SLOTS })
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(sent.length), soon)
  expect(sent).toContain(keyOf(receiver.received[sent.length]))
}

function keyOf(message: { readonly body: string } | undefined): string {
  const { alertId, key } = JSON.parse(message?.body ?? '{}') as { alertId?: string; key?: string }
  return `${alertId} ${key}`
}

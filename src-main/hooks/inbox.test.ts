import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { HookStore, ReceivedHook } from '../store/hooks.ts'
import { createHookInbox } from './inbox.ts'

const COMMIT_MS = 20

/** A file on a slow disk: each commit holds up the whole process. */
function slowInbox() {
  const written: string[][] = []
  const takeHooks: HookStore['takeHooks'] = async (_siteId, hooks) => {
    const untilMs = performance.now() + COMMIT_MS
    while (performance.now() < untilMs) {
      // The disk turns.
    }
    written.push(hooks.map(({ delivery }) => delivery))
    return hooks.length
  }
  const parts = { siteId: 'site', time: { now: () => 0 }, baseUrl: () => 'https://jira.example.com' }
  return { written, inbox: createHookInbox({ ...parts, store: { takeHooks } as HookStore }) }
}

function hook(n: number): ReceivedHook {
  return { delivery: String(n), digest: String(n), issueId: String(n), updatedMs: 0, lateMs: 0 }
}

test('webhooks that come one after the other faster than the disk takes them are written together, each once and in order', async () => {
  const { inbox, written } = slowInbox()
  const all = Array.from({ length: 60 }, (_, n) => n)
  await Promise.all(all.map((n) => delay(n * 5).then(() => inbox.take(hook(n)))))
  expect(written.length).toBeLessThan(30)
  expect(written.flat()).toEqual(all.map(String))
})

test('one that comes alone is written at once', async () => {
  const { inbox, written } = slowInbox()
  const taken = inbox.take(hook(1))
  expect(written).toEqual([['1']])
  await taken
})

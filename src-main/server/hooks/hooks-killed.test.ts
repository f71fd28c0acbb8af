import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startChild } from '../../../test-support/process/child.ts'
import { hookBody, HOOKS_SECRET, sendHook } from '../../../test-support/server/hooks.ts'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { makeTestData } from '../../../test-support/store/store.ts'
import { HISTORY_PROJECTS } from '../../../test-support/sync/history.ts'
import type { HookMoment, HooksJob, HooksWord } from '../../../test-support/server/run-hooks.ts'
import { startSite } from '../../../test-support/sync/site.ts'
import { PATIENCE, TEST_SCOPE } from '../../../test-support/sync/sync.ts'
import { expectTruth, storedOf, truthOf } from '../../../test-support/sync/truth.ts'
import { syncScope } from '../../sync/scope.ts'

const SCRIPT = fileURLToPath(new URL('../../../test-support/server/run-hooks.ts', import.meta.url))
const SCOPE_NAME = syncScope(TEST_SCOPE)
const HOUR = 3_600_000
const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}
const MOMENTS: readonly HookMoment[] = [
  'before the inbox',
  'after the inbox',
  'before it is read',
  'before the commit',
  'after the commit',
  'after it is marked',
]

/**
 * A site whose index shows nothing new for hours, so that no fetch finds what a webhook has to tell; and a sender that, as Jira,
 * sends again what was not answered, to whichever process is there then.
 */
async function startWorld() {
  const site = await startSite({ indexLag: { kind: 'fixed', ms: 20 * HOUR }, projects: HISTORY_PROJECTS })
  const { sandbox, advance } = site
  const data = await makeTestData()
  const store = await data.open()
  const { url: siteUrl, email, apiToken, siteId } = sandbox
  const given = { site: { url: siteUrl, email, apiToken }, siteId, priorityIds: TEST_SCOPE.priorityIds }
  const job = { ...given, store: data.config, secret: HOOKS_SECRET }
  let waiting: { readonly body: string; readonly name: string }[] = []
  let sent = 0

  async function startProcess(moment: HookMoment | null) {
    const child = startChild<HooksWord>(SCRIPT)
    await child.heard('ready')
    child.tell({ ...job, moment } satisfies HooksJob)
    const { url } = await child.heard('listening')
    return { ...child, url }
  }
  /** Something is made, changed, lowered or deleted, and is to be told. */
  async function happen(n: number): Promise<void> {
    advance(1_000)
    const { id } = await sandbox.add(TICKET)
    tell(id, 'created')
    advance(500)
    if (n % 3 === 0) await sandbox.edit(id, { summary: `Renamed ${n}` })
    if (n % 3 === 1) await sandbox.edit(id, { priority: { id: '4' } })
    if (n % 3 === 2) await sandbox.remove(id)
    tell(id, n % 3 === 2 ? 'deleted' : 'updated')
  }
  function tell(id: string, event: string): void {
    const body = hookBody(Number(id), { event, atMs: sandbox.clock.now(), site: siteUrl })
    waiting.push({ body, name: `delivery ${sent++}` })
  }
  /** Sends what is waiting, once; what is not answered stays. */
  async function send(url: string): Promise<void> {
    const sending = waiting
    const answers = await Promise.all(
      sending.map(({ body, name }) =>
        sendHook(url, body, { 'x-atlassian-webhook-identifier': name }).then(
          ({ status }) => status,
          () => null,
        ),
      ),
    )
    const left = sending.filter((_hook, n) => answers[n] !== 204)
    waiting = [...left, ...waiting.slice(sending.length)]
  }
  return {
    startProcess,
    happen,
    send,
    watermark: async () => (await store.syncState(siteId, SCOPE_NAME))?.watermarkMs ?? null,
    known: () => store.knownSpans(siteId, SCOPE_NAME),
    /** All was told to a process that lives, and is as Jira has it. */
    expectAll: async (url: string): Promise<void> => {
      await expect.poll(() => send(url).then(() => waiting.length), PATIENCE).toBe(0)
      await expect.poll(async () => (await store.hookBook(siteId, SCOPE_NAME))?.unread, PATIENCE).toBe(0)
      expectTruth(await storedOf(store, siteId, TEST_SCOPE), await truthOf(sandbox, TEST_SCOPE))
      expect(await countDifferences((text) => data.query(text), siteId)).toEqual([])
    },
  }
}

test(
  'killed at each moment between the inbox and the mark, nothing is lost and nothing is there twice',
  { timeout: 240_000 },
  async () => {
    const { startProcess, happen, send, watermark, known, expectAll } = await startWorld()
    for (const [n, moment] of MOMENTS.entries()) {
      const victim = await startProcess(moment)
      const before = { watermark: await watermark(), known: await known() }
      await happen(n)
      const sending = send(victim.url)
      expect(await victim.heard('reached')).toMatchObject({ moment })
      expect(await victim.kill()).toBeNull()
      await sending
      expect({ watermark: await watermark(), known: await known() }, moment).toEqual(before)
      const next = await startProcess(null)
      const after = { watermark: await watermark(), known: await known() }
      await expectAll(next.url)
      expect({ watermark: await watermark(), known: await known() }, moment).toEqual(after)
      await next.kill()
    }
  },
)

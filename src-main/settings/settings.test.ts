import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { JiraDraft, Preflight } from '../../src-shared/contract/settings.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { createApp, type App } from '../app/app.ts'
import { saveJiraSettings } from '../config/config-file.ts'
import { readConfig, type ConfigSources } from '../config/read-config.ts'
import { startRawServer } from '../../test-support/jira/jira.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createSecrets } from '../secrets/secrets.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { testFolder } from '../../test-support/end.ts'

const log = pino({ level: 'silent' })
let dataDir: string
let keychain: MemoryKeychain
/** Stands for a real site: the program knows it by its address alone. */
let site: TestSandbox

beforeEach(async () => {
  dataDir = testFolder()
  keychain = createMemoryKeychain()
  site = await startTestSandbox({ historyTickets: 60 })
  onTestFinished(async () => {
    await site.stop()
  })
})

function open(sources: Partial<ConfigSources> = {}): App {
  const read = () => readConfig({ flags: { dataDir }, env: {}, cwd: dataDir, ...sources })
  const secrets = createSecrets({ dataDir, log, keychain })
  const app = createApp(read(), { log, readConfig: read, secrets, background: false })
  onTestFinished(() => app.stop())
  return app
}

function draft(changes: Partial<JiraDraft> = {}): JiraDraft {
  return {
    url: site.url,
    user: site.email,
    token: site.apiToken,
    tokenExpiresOn: '2027-01-31',
    projectKey: 'TPM',
    caFile: null,
    watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
    ...changes,
  }
}

/** Everything in the workspace, as one text. */
function workspaceText(): string {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

describe('connecting', () => {
  test('goes over to the Jira at once, and the next start finds it', async () => {
    const app = open()
    let changes = 0
    app.hub.on('session.changed', () => (changes += 1))
    expect((await app.client.call('session.get', {})).site.kind).toBe('sandbox')

    const preflight = await app.client.call('settings.connect', draft())
    expect(preflight.state).toBe('green')
    expect(changes).toBe(1)
    const session = await app.client.call('session.get', {})
    expect(session.site).toMatchObject({ kind: 'cloud', browseUrl: site.url })
    expect(session).toMatchObject({ projectKey: 'TPM', tokenExpiresOn: '2027-01-31' })
    expect((await app.client.call('sync.now', {})).fetched).toBeGreaterThan(0)
    await app.stop()

    const again = open()
    expect((await again.client.call('session.get', {})).site.id).toBe(session.site.id)
    expect((await again.client.call('sync.now', {})).inserted).toBe(0)
  })

  test('keeps the values that are watched by their ids', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    const { jira } = await app.client.call('settings.get', {})
    expect(jira?.watch.ids).toEqual(['1', '2'])
  })

  test('to one whose clock is apart from ours goes by its clock from the first fetch on', async () => {
    await site.setMood('wrong-clock')
    const app = open()
    await app.client.call('settings.connect', draft())
    await app.client.call('sync.now', {})
    const { clock } = await app.client.call('session.get', {})
    expect(Math.round((siteTime(clock, Date.now()) - Date.now()) / 60_000)).toBe(20)
  })

  test('tells each step as it goes, and keeps nothing where one fails', async () => {
    const app = open()
    const told: Preflight[] = []
    app.hub.on('preflight.changed', (preflight) => told.push(preflight))
    const preflight = await app.client.call('settings.connect', draft({ token: 'expired' }))
    expect(preflight.state).toBe('red')
    expect(told.length).toBeGreaterThan(3)
    expect(told[0]?.state).toBe('running')
    expect(preflight.steps.find(({ state }) => state === 'failed')?.id).toBe('identity')
    expect((await app.client.call('session.get', {})).site.kind).toBe('sandbox')
    expect(keychain.entries.size).toBe(0)
    expect(await app.client.call('settings.get', {})).toMatchObject({ jira: null, tokenIn: 'none' })
  })

  test('a check alone changes nothing', async () => {
    const app = open()
    expect((await app.client.call('settings.preflight', draft())).state).toBe('green')
    expect((await app.client.call('settings.get', {})).jira).toBeNull()
    expect(keychain.entries.size).toBe(0)
  })

  test('the token is in the keychain alone, and never comes out of the core', async () => {
    const app = open()
    const told: string[] = []
    app.hub.onAny((event, payload) => told.push(JSON.stringify([event, payload])))
    const answers = [
      await app.client.call('settings.connect', draft()),
      await app.client.call('settings.get', {}),
      await app.client.call('session.get', {}),
    ]
    expect([...keychain.entries.values()]).toEqual([site.apiToken])
    expect(JSON.stringify(answers) + told.join('')).not.toContain(site.apiToken)
    expect(workspaceText()).not.toContain(site.apiToken)
    expect(await app.client.call('settings.get', {})).toMatchObject({ tokenIn: 'keychain', failure: null })
  })

  test('without a token the kept one is used; without any, it says so', async () => {
    const app = open()
    await expect(app.client.call('settings.connect', draft({ token: null }))).rejects.toMatchObject({
      code: 'not-configured',
    })
    await app.client.call('settings.connect', draft())
    const again = await app.client.call('settings.connect', draft({ token: null, tokenExpiresOn: null }))
    expect(again.state).toBe('green')
    expect((await app.client.call('session.get', {})).tokenExpiresOn).toBeNull()
  })

  test('a keychain that is locked keeps everything as it was', async () => {
    const app = open()
    keychain.trouble = 'locked'
    await expect(app.client.call('settings.connect', draft())).rejects.toMatchObject({
      code: 'secrets-unavailable',
    })
    expect((await app.client.call('session.get', {})).site.kind).toBe('sandbox')
    expect(await app.client.call('settings.get', {})).toMatchObject({ jira: null })
  })

  test('what is fixed from outside cannot be changed here', async () => {
    const app = open({ flags: { dataDir, jira: 'sandbox' } })
    await expect(app.client.call('settings.connect', draft())).rejects.toThrow('--jira')
    expect(await app.client.call('settings.get', {})).toMatchObject({ fixedBy: '--jira' })
  })

  test('not while a run is under way in a real Jira', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    const confirmedSite = (await app.client.call('session.get', {})).site.id
    await app.client.call('runs.start', { count: 50, minutes: 5, confirmedSite })
    for (const leaving of [
      app.client.call('settings.connect', draft()),
      app.client.call('settings.disconnect', { forgetToken: false }),
    ]) {
      await expect(leaving).rejects.toMatchObject({ code: 'busy' })
    }
    await app.client.call('runs.stop', {})
    expect((await app.client.call('settings.connect', draft())).state).toBe('green')
  })

  test('a run of the sandbox is paused, and waits until the sandbox is watched again', async () => {
    const app = open()
    await app.client.call('runs.start', { count: 50, minutes: 5 })
    expect((await app.client.call('settings.connect', draft())).state).toBe('green')
    expect(await app.client.call('runs.current', {})).toBeNull()
    await app.client.call('settings.disconnect', { forgetToken: false })
    expect(await app.client.call('runs.current', {})).toMatchObject({ state: 'paused', planned: 50 })
  })
})

describe('when the Jira that is set cannot be opened', () => {
  test('its settings can be seen and mended', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    await app.stop()
    keychain.entries.clear()

    const broken = open()
    await expect(broken.opened()).rejects.toMatchObject({ code: 'not-configured' })
    await expect(broken.client.call('session.get', {})).rejects.toMatchObject({ code: 'not-configured' })
    expect(await broken.client.call('settings.get', {})).toMatchObject({
      jira: { url: site.url },
      tokenIn: 'none',
      failure: { code: 'not-configured' },
    })
    expect((await broken.client.call('settings.connect', draft())).state).toBe('green')
    expect((await broken.client.call('session.get', {})).site.kind).toBe('cloud')
  })

  test('it is opened by the next fetch that is asked for, once nothing keeps it from that', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    await app.stop()
    keychain.trouble = 'locked'

    const locked = open()
    for (let n = 0; n < 2; n++) {
      await expect(locked.client.call('sync.now', {})).rejects.toMatchObject({ code: 'secrets-unavailable' })
    }
    keychain.trouble = null
    expect((await locked.client.call('sync.now', {})).fetched).toBeGreaterThan(0)
    expect(await locked.client.call('settings.get', {})).toMatchObject({ failure: null })
  })

  test('one that is away is shown as it was the last time', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    await app.client.call('sync.now', {})
    const before = await app.client.call('session.get', {})
    await app.stop()
    await site.stop()

    const away = open()
    expect(await away.client.call('session.get', {})).toMatchObject({
      site: before.site,
      watched: before.watched,
    })
  })

  test('one that was never open, and was away, is opened when the machine wakes up', async () => {
    const { port } = new URL(site.url)
    const file = path.join(dataDir, 'site.sqlite')
    await site.stop()
    const away = await startTestSandbox({ historyTickets: 60, file, port: Number(port) })
    const env = { JIRA_URL: away.url, JIRA_USER: away.email, JIRA_API_KEY: away.apiToken }
    await away.stop()
    const app = open({ env })
    await expect(app.opened()).rejects.toMatchObject({ code: 'jira-unreachable' })

    const back = await startTestSandbox({ file, port: Number(port) })
    onTestFinished(() => back.stop())
    app.wake()
    await vi.waitFor(async () => expect((await app.client.call('session.get', {})).site.kind).toBe('cloud'))
  })
})

describe('a Jira that takes connections and answers nothing', () => {
  test('keeps nobody from the settings, and the app from no end', async () => {
    const silent = await startRawServer(() => {})
    await saveJiraSettings(dataDir, { ...draft({ url: silent.url }) })
    const env = { JIRA_API_KEY: site.apiToken }
    const app = open({ env })
    await expect.poll(() => silent.requests.length).toBe(1)
    const waiting = app.client.call('session.get', {})
    const connecting = app.client.call('settings.connect', draft())
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    expect((await connecting).state).toBe('green')
    expect((await app.client.call('session.get', {})).site.browseUrl).toBe(site.url)

    await app.stop()
    await saveJiraSettings(dataDir, { ...draft({ url: silent.url }) })
    const ending = open({ env })
    await expect.poll(() => silent.requests.length).toBe(2)
    await ending.stop()
  })

  test('is shown as it was the last time, within seconds', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    await app.stop()
    await site.setFaults([{ match: {}, kind: 'stall-before', times: 1_000 }])
    const silent = open()
    expect((await silent.client.call('session.get', {})).site.browseUrl).toBe(site.url)
  })
})

test('a fetch that the person asks for goes out again after a failed log-in', async () => {
  const app = open()
  await app.client.call('settings.connect', draft())
  await site.setSettings({ token: 'expired' })
  await expect(app.client.call('sync.now', {})).rejects.toMatchObject({ code: 'not-authenticated' })
  await site.setSettings({ token: 'good' })
  await expect(app.client.call('sync.now', {})).resolves.toMatchObject({ pages: 1 })
})

describe('disconnecting', () => {
  test('goes back to the sandbox; the token goes only where that is wanted', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    expect((await app.client.call('settings.disconnect', { forgetToken: false })).jira).toBeNull()
    expect((await app.client.call('session.get', {})).site.kind).toBe('sandbox')
    expect(keychain.entries.size).toBe(1)

    await app.client.call('settings.connect', draft({ token: null }))
    await app.client.call('settings.disconnect', { forgetToken: true })
    expect(keychain.entries.size).toBe(0)
  })
})

describe('a run in a real Jira', () => {
  test('begins only where its site was named, and never in another', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    const request = { count: 3, minutes: 0.1 }
    await expect(app.client.call('runs.start', request)).rejects.toMatchObject({ code: 'not-confirmed' })
    await expect(app.client.call('runs.start', { ...request, confirmedSite: 'other' })).rejects.toMatchObject(
      {
        code: 'not-confirmed',
      },
    )
    const { id } = (await app.client.call('session.get', {})).site
    expect(await app.client.call('runs.start', { ...request, confirmedSite: id })).toMatchObject({
      planned: 3,
    })
  })

  test('begins only after a green check, and makes nothing otherwise', async () => {
    const app = open()
    await app.client.call('settings.connect', draft())
    // The generator itself would see this only by each ticket that is refused.
    await site.setMood('demanding-screen')
    const before = await site.truth()
    const confirmedSite = (await app.client.call('session.get', {})).site.id
    const starting = app.client.call('runs.start', { count: 3, minutes: 0.1, confirmedSite })
    await expect(starting).rejects.toMatchObject({ code: 'jira-refused' })
    await expect(starting).rejects.toThrow(
      /^The check before the run found: .*must have fields.*No ticket was made/,
    )
    expect(await site.truth()).toHaveLength(before.length)
  })
})

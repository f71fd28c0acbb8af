import { mergeTests } from 'playwright/test'
import type { MethodName } from '../../src-shared/contract/methods.ts'
import type { PostgresDraft } from '../../src-shared/contract/store.ts'
import type { PostgresConfig } from '../../src-main/config/config.ts'
import type { GuardedServer } from '../../test-support/store-check/store-check.ts'
import type { TestedApp } from '../fixtures/app.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { NO_SQL_STATE, SQL_STATES, startEchoingPostgres } from '../fixtures/echoing-postgres.ts'
import { hearWindow, type Heard } from '../fixtures/heard.ts'
import { filesBelow, plantToken, watchProcesses } from '../fixtures/planted.ts'
import { openStorePage } from '../fixtures/store-page.ts'
import { expect, test as withPostgres } from '../fixtures/with-postgres.ts'
import { test as withSecrets } from '../fixtures/with-secrets.ts'
import { test as withTemporary } from '../fixtures/with-temporary.ts'

/** Not hidden by anybody: where this is found the password would have been found too. A database's name. */
const control = `control-${crypto.randomUUID()}`
const good = plantToken('good')
const wrong = plantToken('wrong')

/** A server that takes the good password, and logs every statement that it is sent. */
const test = mergeTests(withSecrets, withPostgres, withTemporary).extend({
  guarded: async ({ guarded }, run) => {
    await guarded.sql(`ALTER ROLE owner PASSWORD '${good.token}'`)
    await guarded.sql(`CREATE DATABASE "${control}" OWNER owner`)
    await guarded.restart({ log_statement: 'all', log_connections: 'on' })
    await run(guarded)
  },
})

test('a password is nowhere but where it is kept', async ({ app, guarded, temporary }) => {
  const processes = watchProcesses()
  const heard = hearWindow()
  const ask = (method: MethodName, params: unknown): Promise<unknown> => heard.ask(app.page, method, params)
  const server = guarded.config({ database: control, password: good.token })
  const echoing = await startEchoingPostgres(control)
  await heard.listen(app.page)

  await test.step('a wrong one is tried, then the good one', async () => {
    const store = await openStorePage(app.page)
    for (const button of ['Check', 'Use']) {
      await store.fillIn({ ...server, password: wrong.token })
      await store.button(button).click()
      await expect(store.outcome).toContainText('User and password')
      await expect(store.button(button)).toBeEnabled()
    }
    await store.fillIn(server)
    await store.button('Use').click()
    await expect(store.outcome).toContainText('This database is used from now on')
    // What was typed is in the page until it has been taken.
    await expect(app.page.getByLabel('Password')).toHaveValue('')
    await heard.look(app.page)
  })

  await test.step('every step fails once, and a server echoes what it was sent', async () => {
    for (const password of [good.token, wrong.token]) {
      const draft = draftOf({ ...server, password })
      for (const change of [{ tls: 'require' }, { database: 'none' }, { user: 'outsider' }, { port: 1 }]) {
        await ask('settings.checkStore', { ...draft, ...change })
      }
      for (const code of [...SQL_STATES, NO_SQL_STATE]) {
        echoing.answerWith(code)
        await ask('settings.checkStore', { ...draft, port: echoing.port })
        await ask('settings.useStore', { ...draft, port: echoing.port })
      }
    }
    expect(echoing.wasTold()).toBe(true)
  })

  await test.step('the server goes away, a file stands in, the server comes back', async () => {
    await guarded.kill()
    await expect(app.page.getByText('Store out of reach').first()).toBeAttached({ timeout: 15_000 })
    await heard.look(app.page)
    await ask('store.useFallback', {})
    const isFallback = app.page.getByText(/^A file stands in/)
    await expect(isFallback.first()).toBeAttached()
    await heard.look(app.page)
    await guarded.restart()
    await expect(isFallback).toHaveCount(0, { timeout: 10_000 })
  })

  await test.step('it starts again, and a bug ends it', async () => {
    await app.restart()
    await heard.listen(app.page)
    await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
    await ask('settings.checkStore', draftOf({ ...server, password: wrong.token }))
    await heard.look(app.page)
    await app.crash(
      [control, ...[good, wrong].map(({ token }) => `${token} ${urlOf(server, token)}`)].join(' '),
    )
  })

  await echoing.stop()
  const seen = processes.stop()
  const found = await search({ app, guarded, temporary, heard, seen })
  expect(found.log.split(control).length).toBeGreaterThan(3)
  expect(good.findIn('a URL', urlOf(server, good.token))).toEqual(['a URL: in a URL'])
})

const testOfEnvironment = test.extend({
  appEnv: async ({ appEnv, guarded }, run) => {
    const server = guarded.config({ database: control })
    await run({ ...appEnv, DATABASE_URL: urlOf(server, good.token) })
  },
})

testOfEnvironment('a password of DATABASE_URL stays there', async ({ app, guarded, temporary }) => {
  const processes = watchProcesses(['cmdline']) // its user’s own processes may see what its user has set
  const heard = hearWindow()
  await heard.listen(app.page)
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
  const store = await openStorePage(app.page)
  await expect(store.now).toContainText('Fixed by DATABASE_URL')
  await store.button('Check').click()
  await expect(store.outcome).toContainText('This database can be used')
  await guarded.kill()
  await expect(store.now).toContainText('out of reach', { timeout: 15_000 })
  for (let n = 0; n < 5; n++) await heard.look(app.page)
  await guarded.restart()
  await expect(store.now).not.toContainText('out of reach', { timeout: 10_000 })
  await app.crash(`${control} ${urlOf(guarded.config(), good.token)}`)
  await search({ app, guarded, temporary, heard, seen: processes.stop() })
})

interface Searched {
  readonly app: TestedApp
  readonly guarded: GuardedServer
  readonly temporary: string
  readonly heard: Heard
  readonly seen: readonly string[]
}

/** Looks for the passwords wherever anything got, and for the control where it must be; gives the app's log. */
async function search({ app, guarded, temporary, heard, seen }: Searched): Promise<{ readonly log: string }> {
  const files = [...(await filesBelow(app.dataDir)), ...(await filesBelow(temporary))]
  const ofServer = await filesBelow(guarded.dataDir)
  const logs = files.filter(({ name }) => name.endsWith('jira-tpm.log'))
  const log = logs.map(({ bytes }) => bytes.toString()).join('')
  await test.step('the same search finds what nobody hides', () => {
    expect(log).toContain('"a bug ended the program"')
    expect(log).toContain(control)
    expect(heard.texts.join('\n').split(control).length).toBeGreaterThan(10)
    expect(guarded.log()).toContain('jira_tpm')
    expect(ofServer.some(({ bytes }) => bytes.includes(control))).toBe(true)
    expect(app.output()).toContain('Jira TPM has to close')
    if (process.platform === 'linux') expect(seen.join('\n')).toContain(app.dataDir)
  })
  for (const planted of [good, wrong]) {
    const findIn = (where: string, bytes: Buffer | string): string[] => planted.findIn(where, bytes)
    expect.soft(files.flatMap(({ name, bytes }) => findIn(name, bytes))).toEqual([])
    expect.soft(ofServer.flatMap(({ name, bytes }) => findIn(name, bytes))).toEqual([])
    expect.soft(findIn('the server’s log', guarded.log())).toEqual([])
    expect.soft(heard.texts.flatMap((text) => findIn(text.slice(0, 500), text))).toEqual([])
    expect.soft(seen.flatMap((text) => findIn(text.slice(0, 500), text))).toEqual([])
    expect.soft(findIn('stdout and stderr', app.output())).toEqual([])
  }
  return { log }
}

function draftOf({ host, port, database, user, password, tls, caFile }: PostgresConfig): PostgresDraft {
  return { kind: 'postgres', host, port, database, user, password, tls, caFile }
}

function urlOf({ user, host, port, database }: PostgresConfig, password: string): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}

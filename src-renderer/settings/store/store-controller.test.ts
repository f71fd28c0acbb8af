import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createDispatch } from '../../../src-shared/contract/dispatch.ts'
import { createEventHub, createInProcessClient, type EventHub } from '../../../src-shared/contract/client.ts'
import type { Handlers } from '../../../src-shared/contract/methods.ts'
import {
  STORE_STEPS,
  type StoreCheck,
  type StoreDraft,
  type StoreSettings,
} from '../../../src-shared/contract/store.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { createStoreController, type StoreController, type StoreFormState } from './store-controller.ts'

const file: StoreSettings = {
  store: { kind: 'sqlite', label: 'tpm.sqlite' },
  passwordIn: 'none',
  fixedBy: null,
}
const server = {
  kind: 'postgres',
  host: 'db.acme.com',
  port: 5432,
  database: 'jira_tpm',
  user: 'ann',
  tls: 'verify-full',
  caFile: null,
} as const
const typed = {
  kind: 'postgres',
  host: 'db.acme.com',
  database: 'jira_tpm',
  user: 'ann',
  password: 's3cret',
} as const

function check(state: StoreCheck['state']): StoreCheck {
  const stepState = { running: 'waiting', green: 'ok', red: 'not-tried' } as const
  return {
    state,
    steps: STORE_STEPS.map((id) => ({
      id,
      state: state === 'red' && id === 'password' ? 'failed' : stepState[state],
      message: '',
      hint: '',
    })),
  }
}

describe('the form of the store', () => {
  let set: StoreSettings
  let sent: StoreDraft[]
  let answer: PromiseWithResolvers<StoreCheck>
  let hub: EventHub
  let controller: StoreController
  const state = (): StoreFormState => controller.store.get()
  const settled = (): Promise<void> => vi.waitFor(() => expect(state().busy).toBeNull(), { interval: 1 })

  beforeEach(async () => {
    set = file
    sent = []
    answer = Promise.withResolvers()
    hub = createEventHub()
    const tryOut = async (draft: StoreDraft): Promise<StoreCheck> => {
      sent.push(draft)
      return answer.promise
    }
    const handlers = {
      'settings.store': async () => set,
      'settings.checkStore': tryOut,
      'settings.useStore': async (draft: StoreDraft) => {
        const done = await tryOut(draft)
        if (done.state === 'green')
          set = draft.kind === 'sqlite' ? file : { ...file, store: server, passwordIn: 'keychain' }
        return done
      },
    } as unknown as Handlers
    controller = createStoreController(createInProcessClient(createDispatch(handlers, console.error), hub))
    const close = controller.open()
    await vi.waitUntil(() => state().settings !== null, { interval: 1 })
    return close
  })

  test('shows what is set, and anew when another store is', async () => {
    expect(state().fields.kind).toBe('sqlite')
    set = { store: server, passwordIn: 'environment', fixedBy: 'DATABASE_URL' }
    hub.publish('session.changed', {})
    await vi.waitFor(() => expect(state().fields).toMatchObject({ kind: 'postgres', host: 'db.acme.com' }))
  })

  test('sends nothing where a field cannot be taken', () => {
    controller.edit({ kind: 'postgres' })
    controller.take()
    controller.check()
    expect(Object.keys(state().problems)).toEqual(['host', 'database', 'user'])
    expect(sent).toEqual([])
    controller.edit({ host: 'db.acme.com' })
    expect(Object.keys(state().problems)).toEqual(['database', 'user'])
  })

  test('shows the steps of its own check as they go, and of no other', async () => {
    hub.publish('store-check.changed', check('red'))
    expect(state().steps.every((step) => step.state === 'waiting')).toBe(true)
    controller.edit(typed)
    controller.check()
    const running = check('running')
    hub.publish('store-check.changed', {
      ...running,
      steps: running.steps.map((step, i) => (i === 0 ? { ...step, state: 'running' } : step)),
    })
    expect(state()).toMatchObject({
      busy: 'checking',
      outcome: null,
      steps: [{ state: 'running' }, {}, {}, {}, {}, {}, {}, {}],
    })
    answer.resolve(check('green'))
    await settled()
    expect(state().outcome).toMatchObject({ tone: 'good', message: 'This database can be used.' })
    expect(sent).toEqual([{ ...server, password: 's3cret' }])
    expect(state().settings).toEqual(file)
  })

  test('forgets the password once it is where it belongs', async () => {
    controller.edit(typed)
    controller.take()
    answer.resolve(check('green'))
    await settled()
    expect(state()).toMatchObject({
      settings: { store: server, passwordIn: 'keychain' },
      outcome: { taken: true, message: 'This database is used from now on.' },
    })
    expect(JSON.stringify(state())).not.toContain('s3cret')
  })

  test('keeps what is filled in where a step fails, and names the step', async () => {
    controller.edit(typed)
    controller.take()
    answer.resolve(check('red'))
    await settled()
    expect(state()).toMatchObject({
      fields: { password: 's3cret' },
      settings: file,
      outcome: {
        tone: 'bad',
        message: 'Not used, because 1 step failed: User and password. Nothing was changed.',
      },
    })
  })

  test('tells what the core refuses', async () => {
    controller.edit(typed)
    controller.take()
    answer.reject(new AppError('busy', 'A run is under way.', { hint: 'Stop it first.' }))
    await settled()
    expect(state().outcome).toMatchObject({ tone: 'bad', message: 'A run is under way.' })
  })

  test('goes back to the file', async () => {
    set = { store: server, passwordIn: 'keychain', fixedBy: null }
    hub.publish('session.changed', {})
    await vi.waitFor(() => expect(state().fields.kind).toBe('postgres'))
    controller.edit({ kind: 'sqlite' })
    controller.take()
    answer.resolve({ state: 'green', steps: [] })
    await settled()
    expect(sent).toEqual([{ kind: 'sqlite' }])
    expect(state()).toMatchObject({
      settings: file,
      outcome: { message: 'This computer’s file is used from now on.' },
    })
  })
})

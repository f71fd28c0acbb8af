import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createEventHub,
  createInProcessClient,
  type Client,
  type EventHub,
} from '../../../src-shared/contract/client.ts'
import { createDispatch } from '../../../src-shared/contract/dispatch.ts'
import type { Handlers } from '../../../src-shared/contract/methods.ts'
import {
  PREFLIGHT_STEPS,
  type JiraDraft,
  type Preflight,
  type Settings,
} from '../../../src-shared/contract/settings.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { isFixed } from '../form/form-controller.ts'
import { createJiraController, type JiraController, type JiraFormState } from './jira-controller.ts'

const priority = { id: 'priority', name: 'Priority' }
const highest = { id: '1', name: 'Highest' }
const low = { id: '4', name: 'Low' }
const choices = {
  projects: [{ key: 'OPS', name: 'Operations' }],
  fields: [{ field: priority, values: [highest, low] }],
  watched: [highest],
}
const jira = {
  url: 'https://acme.atlassian.net',
  user: 'ann@acme.com',
  tokenExpiresOn: null,
  projectKey: null,
  caFile: null,
  watch: { field: priority, ids: ['1'] },
}
const sandbox: Settings = {
  jira: null,
  tokenIn: 'none',
  fixedBy: null,
  secrets: { kind: 'keychain', label: 'Keychain', problem: null },
  failure: null,
}

function preflight(state: Preflight['state']): Preflight {
  const stepState = state === 'green' ? 'ok' : 'waiting'
  return {
    state,
    deployment: 'cloud',
    steps: PREFLIGHT_STEPS.map((id, i) => ({
      id,
      state: state === 'red' && i === 0 ? 'failed' : stepState,
      message: '',
      hint: '',
    })),
    choices: state === 'green' ? choices : { projects: [], fields: [], watched: [] },
  }
}

function becomes(check: () => void): Promise<void> {
  return vi.waitFor(check, { interval: 1 })
}

describe('the form of the Jira', () => {
  let set: Settings
  let sent: JiraDraft[]
  let answer: PromiseWithResolvers<Preflight>
  let hub: EventHub
  let client: Client
  let controller: JiraController
  let close: () => void
  const state = (): JiraFormState => controller.store.get()
  const settled = (): Promise<void> => vi.waitFor(() => expect(state().busy).toBeNull(), { interval: 1 })

  beforeEach(async () => {
    set = sandbox
    sent = []
    answer = Promise.withResolvers()
    hub = createEventHub()
    const tryOut = async (draft: JiraDraft): Promise<Preflight> => {
      sent.push(draft)
      return answer.promise
    }
    const handlers = {
      'settings.get': async () => set,
      'settings.preflight': tryOut,
      'settings.connect': async (draft: JiraDraft) => {
        const done = await tryOut(draft)
        if (done.state === 'green') set = { ...sandbox, jira, tokenIn: 'keychain' }
        return done
      },
      'settings.disconnect': async ({ forgetToken }: { forgetToken: boolean }) => {
        if (!forgetToken) throw new AppError('busy', 'A run is under way.', { hint: 'Stop it first.' })
        set = sandbox
        return set
      },
    } as unknown as Handlers
    client = createInProcessClient(createDispatch(handlers, console.error), hub)
    controller = createJiraController(client)
    close = controller.open()
    await vi.waitUntil(() => state().settings !== null, { interval: 1 })
    return () => close()
  })

  test('shows what is set as soon as it is known, and anew when another Jira is', async () => {
    expect(state()).toMatchObject({ settings: { jira: null }, fields: { url: '' } })
    set = { ...sandbox, jira, tokenIn: 'keychain', fixedBy: 'JIRA_URL' }
    hub.publish('session.changed', {})
    await becomes(() => expect(state().fields.url).toBe('https://acme.atlassian.net'))
    expect(isFixed(state())).toBe(true)
  })

  test('keeps what has been typed when the settings come', async () => {
    controller.edit({ url: 'jira.acme.com' })
    set = { ...sandbox, jira }
    hub.publish('session.changed', {})
    await becomes(() => expect(state().settings?.jira).toEqual(jira))
    expect(state().fields.url).toBe('jira.acme.com')
  })

  test('who is faster than the settings checks what is set', async () => {
    set = { ...sandbox, jira }
    const fresh = createJiraController(client)
    const leave = fresh.open()
    fresh.check()
    await becomes(() => expect(sent).toMatchObject([{ url: 'https://acme.atlassian.net' }]))
    answer.resolve(preflight('green'))
    await becomes(() => expect(fresh.store.get().outcome).not.toBeNull())
    leave()
  })

  test('is not taken where it is fixed from outside', async () => {
    set = { ...sandbox, jira, fixedBy: 'JIRA_URL' }
    hub.publish('session.changed', {})
    await becomes(() => expect(state().fields.url).toBe('https://acme.atlassian.net'))
    controller.take()
    expect(state().busy).toBeNull()
    expect(sent).toEqual([])
  })

  test('sends nothing where a field cannot be taken, and says so until it is changed', () => {
    controller.take()
    expect(state().problems.url).toBeDefined()
    expect(sent).toEqual([])
    controller.edit({ user: 'ann@acme.com' })
    expect(state().problems.url).toBeDefined()
    controller.edit({ url: 'acme.atlassian.net' })
    expect(state().problems).toEqual({})
  })

  test('shows the steps as they go, with all of them in sight from the first on', async () => {
    controller.edit({ url: 'acme.atlassian.net', token: 't0ken' })
    expect(state().steps.map(({ id }) => id)).toEqual(PREFLIGHT_STEPS)
    controller.check()
    expect(state().busy).toBe('checking')
    hub.publish('preflight.changed', { ...preflight('running'), choices })
    expect(state()).toMatchObject({ choices, fields: { watch: { ids: ['1'] } }, outcome: null })
    answer.resolve(preflight('green'))
    await settled()
    expect(state().outcome).toMatchObject({ tone: 'good', message: 'This Jira can be watched.' })
    expect(state().fields.token).toBe('t0ken')
    expect(sent).toMatchObject([{ url: 'https://acme.atlassian.net', token: 't0ken', watch: { ids: [] } }])
  })

  test('sees nothing of what another window tries', () => {
    hub.publish('preflight.changed', preflight('red'))
    expect(state().steps.every((step) => step.state === 'waiting')).toBe(true)
  })

  test('takes no change and no second order while something is tried', async () => {
    controller.edit({ url: 'acme.atlassian.net' })
    controller.check()
    controller.edit({ url: 'evil.example' })
    controller.take()
    controller.leave(true)
    answer.resolve(preflight('red'))
    await settled()
    expect(state().fields.url).toBe('acme.atlassian.net')
    expect(sent).toHaveLength(1)
  })

  test('forgets the token once it is where it belongs', async () => {
    controller.edit({ url: 'acme.atlassian.net', token: 't0ken' })
    controller.take()
    answer.resolve(preflight('green'))
    await settled()
    expect(state()).toMatchObject({
      settings: { tokenIn: 'keychain' },
      fields: { url: 'https://acme.atlassian.net', token: '' },
      outcome: { taken: true },
    })
    expect(JSON.stringify(state())).not.toContain('t0ken')
  })

  test('keeps what is filled in where connecting fails', async () => {
    controller.edit({ url: 'acme.atlassian.net', token: 't0ken' })
    controller.take()
    answer.resolve(preflight('red'))
    await settled()
    expect(state()).toMatchObject({ fields: { token: 't0ken' }, outcome: { tone: 'bad' } })
    expect(state().settings?.jira).toBeNull()
  })

  test('tells what the core refuses', async () => {
    controller.edit({ url: 'acme.atlassian.net' })
    controller.check()
    answer.reject(new AppError('not-configured', 'There is no token.', { hint: 'Fill it in.' }))
    await settled()
    expect(state().outcome).toMatchObject({
      tone: 'bad',
      message: 'There is no token.',
      hint: 'Fill it in.',
    })
  })

  test('says that a check is of something else once a field is changed', async () => {
    controller.edit({ url: 'acme.atlassian.net' })
    controller.check()
    answer.resolve(preflight('green'))
    await settled()
    controller.edit({ projectKey: 'OPS' })
    expect(state()).toMatchObject({ outcome: { tone: 'quiet' }, choices })
    controller.edit({ url: 'other.atlassian.net' })
    expect(state().choices.projects).toEqual([])
  })

  test('does not connect with nothing to watch', async () => {
    controller.edit({ url: 'acme.atlassian.net' })
    controller.check()
    answer.resolve(preflight('green'))
    await settled()
    controller.edit({ watch: { field: priority, ids: [] } })
    controller.take()
    expect(state().problems.watch).toBeDefined()
    expect(sent).toHaveLength(1)
  })

  test('goes back to the sandbox with an empty form, or says why not', async () => {
    set = { ...sandbox, jira }
    hub.publish('session.changed', {})
    await becomes(() => expect(state().fields.url).not.toBe(''))
    controller.leave(false)
    await settled()
    expect(state()).toMatchObject({ settings: { jira }, outcome: { message: 'A run is under way.' } })
    controller.leave(true)
    await settled()
    expect(state()).toMatchObject({
      settings: { jira: null },
      fields: { url: '' },
      outcome: { tone: 'good' },
    })
  })

  test('hears nothing any longer once it is closed', async () => {
    close()
    set = { ...sandbox, jira }
    hub.publish('session.changed', {})
    await new Promise(setImmediate)
    expect(state().settings?.jira).toBeNull()
  })
})

import { expect, test } from 'vitest'
import { createEventHub } from '../../../src-shared/contract/client.ts'
import { createCurrentCore, type DesktopCore } from './current-core.ts'

/** A core that says its name, and writes down what is done with it. */
function core(
  name: string,
  done: string[],
): DesktopCore & { readonly hub: ReturnType<typeof createEventHub> } {
  const note = (what: string) => async () => void done.push(`${name} ${what}`)
  return {
    dispatch: async (method) => ({ ok: true, result: `${String(method)} by ${name}` }),
    hub: createEventHub(),
    transfer: () => Promise.reject(new Error(name)),
    browseUrl: () => `https://${name}.example.com`,
    start: note('starts'),
    wake: () => void done.push(`${name} wakes`),
    stop: note('stops'),
  }
}

test('calls and events are those of the core that is open; who listens stays, and is told to ask anew', async () => {
  const done: string[] = []
  const [local, team] = [core('local', done), core('team', done)]
  const current = createCurrentCore(local)
  const heard: string[] = []
  current.hub.onAny((event) => heard.push(event))
  expect(await current.dispatch('session.get', {})).toEqual({ ok: true, result: 'session.get by local' })
  local.hub.publish('menu.chosen', { command: 'keys' })

  await current.exchange(team)
  // The local one has let go of its store by then.
  expect(done).toEqual(['local stops', 'team starts'])
  expect(await current.client.call('session.get', {})).toBe('session.get by team')
  expect(current.browseUrl()).toBe('https://team.example.com')
  local.hub.publish('menu.chosen', { command: 'keys' })
  team.hub.publish('menu.chosen', { command: 'runs' })
  expect(heard).toEqual(['menu.chosen', 'session.changed', 'menu.chosen'])
  current.wake()
  await current.stop()
  expect(done.slice(2)).toEqual(['team wakes', 'team stops'])
})

test('a program that ends starts no other core', async () => {
  const done: string[] = []
  const current = createCurrentCore(core('local', done))
  await current.stop()
  await expect(current.exchange(core('team', done))).rejects.toMatchObject({ code: 'cancelled' })
  expect(done).not.toContain('team starts')
})

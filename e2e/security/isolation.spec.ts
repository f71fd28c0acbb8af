import '../fixtures/page-globals.ts'
import { expect, test } from '../fixtures/shared-app.ts'

test('the page has no Node and no Electron', async ({ app }) => {
  const found = await app.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer', '__dirname'].filter(
      (name) => name in globalThis,
    ),
  )
  expect(found).toEqual([])
})

test('an exposed function leads to no other realm', async ({ app }) => {
  const reached = await app.page.evaluate(() => {
    const make = jiraTpm.call['session.get'].constructor as FunctionConstructor
    return make('return typeof process')() as unknown
  })
  expect(reached).toBe('undefined')
})

test('a listener gets the event and its payload, and is gone when it leaves', async ({ app }) => {
  await app.page.evaluate(() => {
    const heard: unknown[][] = []
    const leave = jiraTpm.onEvent((...args: unknown[]) => {
      if (args[0] === 'menu.chosen') heard.push(args)
    })
    Object.assign(globalThis, { heard, leave })
  })
  const heard = () => app.page.evaluate(() => Reflect.get(globalThis, 'heard') as unknown[][])

  await app.clickMenu('view-histogram')
  await expect.poll(heard).toEqual([['menu.chosen', { command: 'view-histogram' }]])

  await app.page.evaluate(() => (Reflect.get(globalThis, 'leave') as () => void)())
  await app.page.evaluate(() => {
    const again = new Promise((resolve) => {
      jiraTpm.onEvent((event, payload) => void (event === 'menu.chosen' && resolve(payload)))
    })
    Object.assign(globalThis, { again })
  })
  await app.clickMenu('view-bar')
  const again = await app.page.evaluate(() => Reflect.get(globalThis, 'again') as Promise<unknown>)
  expect(again).toEqual({ command: 'view-bar' })
  expect(await heard()).toHaveLength(1)
})

import { expect, test } from '../fixtures/shared-app.ts'

/** GeolocationPositionError's. */
const PERMISSION_DENIED = 1

test('no permission is given to the page', async ({ app }) => {
  const states = await app.page.evaluate(async () => {
    const names = ['geolocation', 'camera', 'microphone', 'clipboard-read', 'midi']
    const asked = names.map(async (name) => {
      const { state } = await navigator.permissions.query({ name: name as PermissionName })
      return `${name} ${state}`
    })
    return await Promise.all(asked)
  })
  expect(states.filter((state) => !state.endsWith(' denied'))).toEqual([])
})

test('what a person shares may be put into the clipboard; nothing is read from it', async ({ app }) => {
  const states = await app.page.evaluate(async () => {
    const asked = ['clipboard-write', 'clipboard-read'].map(
      async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
    )
    return await Promise.all(asked)
  })
  expect(states).toEqual(['granted', 'denied'])
})

test('it may say outside of itself that a rule rings', async ({ app }) => {
  const state = await app.page.evaluate(
    async () => (await navigator.permissions.query({ name: 'notifications' })).state,
  )
  expect(state).toBe('granted')
})

test('whoever asks for one is refused', async ({ app }) => {
  const refusals = await app.page.evaluate(async () => {
    const place = new Promise<number>((resolve) => {
      navigator.geolocation.getCurrentPosition(
        () => resolve(0),
        ({ code }) => resolve(code),
        { timeout: 2_000 },
      )
    })
    const camera = navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'given',
      (error: Error) => error.name,
    )
    return [await place, await camera]
  })
  expect(refusals[0]).toBe(PERMISSION_DENIED)
  expect(refusals[1]).not.toBe('given')
})

import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { App } from '../app.ts'
import { waitingCall, waitingDispatch } from './waiting-core.ts'

test('a call made before the core is open is answered once it is', async () => {
  const core = Promise.withResolvers<Pick<App, 'dispatch'>>()
  const reply = waitingDispatch(core.promise)('sync.now', {})
  core.resolve({ dispatch: async (method, params) => ({ ok: true, result: [method, params] }) })
  expect(await reply).toEqual({ ok: true, result: ['sync.now', {}] })
})

test('where the core cannot be opened, the window gets the reason as a reply', async () => {
  const broken = Promise.reject(new AppError('store-newer', 'A newer program made this file.'))
  expect(await waitingDispatch(broken)('sync.now', {})).toMatchObject({
    ok: false,
    error: { code: 'store-newer', message: 'A newer program made this file.' },
  })
})

test('where the core cannot be opened, the menu gets the reason thrown', async () => {
  const broken = Promise.reject(new AppError('store-newer', 'A newer program made this file.'))
  await expect(waitingCall(broken)('sync.now', {})).rejects.toMatchObject({ code: 'store-newer' })
})

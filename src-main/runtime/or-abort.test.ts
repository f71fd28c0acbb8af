import { expect, test } from 'vitest'
import { orAbort } from './or-abort.ts'

const reason = new Error('given up')
const never = new Promise<never>(() => {})

test('what was aborted before it began ends at once, also where the work never would', async () => {
  await expect(orAbort(never, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('what is aborted meanwhile ends with the reason', async () => {
  const stopping = new AbortController()
  const ended = orAbort(never, stopping.signal)
  stopping.abort(reason)
  await expect(ended).rejects.toBe(reason)
})

test('else the work says what it comes to, and an abort after that is nobody’s', async () => {
  const stopping = new AbortController()
  expect(await orAbort(Promise.resolve(7), stopping.signal)).toBe(7)
  await expect(orAbort(Promise.reject(new Error('failed')), stopping.signal)).rejects.toThrow('failed')
  stopping.abort(reason)
})

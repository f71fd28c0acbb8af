import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { untilAborted } from '../../runtime/async.ts'
import { listenForInterrupt, orCancelled } from './interrupt.ts'

function cancelled(): Error {
  return new Error('cancelled')
}

test('the first Ctrl-C asks the work to end, the second ends the process', async () => {
  const source = new EventEmitter()
  const codes: number[] = []
  let nowMs = 1_000
  const signal = listenForInterrupt(
    source,
    (code) => codes.push(code),
    () => nowMs,
  )
  source.emit('SIGINT', 'SIGINT')
  await untilAborted(signal)
  source.emit('SIGINT', 'SIGINT') // passed on by npm at once
  expect(codes).toEqual([])
  nowMs += 1_000
  source.emit('SIGINT', 'SIGINT')
  expect(codes).toEqual([130])
})

test('SIGTERM asks the same', () => {
  const source = new EventEmitter()
  const signal = listenForInterrupt(source, () => {})
  source.emit('SIGTERM', 'SIGTERM')
  expect(signal.aborted).toBe(true)
})

test('waiting ends with the work, or with the interrupt, whichever comes first', async () => {
  const controller = new AbortController()
  expect(await orCancelled(Promise.resolve(7), controller.signal, cancelled)).toBe(7)
  const waiting = orCancelled(new Promise(() => {}), controller.signal, cancelled)
  controller.abort()
  await expect(waiting).rejects.toThrow('cancelled')
  await expect(orCancelled(new Promise(() => {}), controller.signal, cancelled)).rejects.toThrow('cancelled')
})

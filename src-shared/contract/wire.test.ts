import { describe, expect, test } from 'vitest'
import { createEventHub } from './client.ts'
import { passEvent, readReply } from './wire.ts'

const nowhere = { before: 0, after: 0, lastBeforeMs: null, firstAfterMs: null }

describe('reply', () => {
  test('gives the result when it is of the method’s shape', () => {
    expect(readReply('counts.outside', { ok: true, result: nowhere })).toEqual(nowhere)
  })

  test('throws the error that the core answered, with its hint', () => {
    const error = {
      code: 'busy',
      message: 'A run is under way.',
      what: 'A run is under way.',
      consequence: '',
      hint: 'Stop it first.',
      retryable: false,
    }
    expect(() => readReply('runs.start', { ok: false, error })).toThrow(
      expect.objectContaining({ code: 'busy', message: 'A run is under way.', hint: 'Stop it first.' }),
    )
  })

  test.each([undefined, null, 'ok', {}, { ok: true, result: { before: -1 } }, { ok: false, error: 'no' }])(
    'refuses %j',
    (reply) => {
      expect(() => readReply('counts.outside', reply)).toThrow(expect.objectContaining({ code: 'internal' }))
    },
  )
})

describe('event', () => {
  test('reaches who listens for it', () => {
    const hub = createEventHub()
    const heard: unknown[] = []
    hub.on('menu.chosen', (payload) => heard.push(payload))
    passEvent(hub, 'menu.chosen', { command: 'keys' }, () => expect.unreachable())
    expect(heard).toEqual([{ command: 'keys' }])
  })

  test.each([
    ['menu.chosen', { command: 'format-disk' }],
    ['counts.changed', { seq: 1 }],
    ['toString', {}],
    [7, {}],
  ])('%j with %j is reported and goes no further', (event, payload) => {
    const hub = createEventHub()
    const heard: unknown[] = []
    const problems: string[] = []
    hub.onAny((name) => heard.push(name))
    passEvent(hub, event, payload, (problem) => problems.push(problem))
    expect(heard).toEqual([])
    expect(problems).toHaveLength(1)
  })
})

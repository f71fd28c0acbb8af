import { describe, expect, test } from 'vitest'
import { createStateStore } from './state-store.ts'

describe('store', () => {
  test('tells of several changes once, with the last value, when its schedule runs', () => {
    const frames: (() => void)[] = []
    const store = createStateStore(0, (notify) => frames.push(notify))
    const heard: number[] = []
    store.subscribe(() => heard.push(store.get()))

    store.set((n) => n + 1)
    store.set((n) => n + 1)
    expect(heard).toEqual([])
    for (const frame of frames.splice(0)) frame()
    expect(heard).toEqual([2])

    store.set((n) => n + 1)
    for (const frame of frames.splice(0)) frame()
    expect(heard).toEqual([2, 3])
  })

  test('keeps quiet when the value stays the same, and for who has left', () => {
    const store = createStateStore('a')
    const heard: string[] = []
    const leave = store.subscribe(() => heard.push(store.get()))
    store.set((value) => value)
    store.set(() => 'b')
    leave()
    store.set(() => 'c')
    expect(heard).toEqual(['b'])
  })
})

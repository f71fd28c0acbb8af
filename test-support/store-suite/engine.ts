import { afterEach, beforeEach } from 'vitest'
import type { Store } from '../../src-main/store/store.ts'

/** An engine under test: the suite says what every store must do, the engine how one is had. */
export interface Engine {
  readonly name: string
  /** A new store with empty tables. */
  open(): Promise<OpenStore>
}

export interface OpenStore {
  readonly store: Store
  /** Another connection to the same data, as a second process has. */
  readonly again: () => Promise<Store>
  /** What is really in the tables. */
  readonly rows: (sql: string) => Promise<Record<string, unknown>[]>
  /** Closes every connection and removes the data. */
  readonly dispose: () => Promise<void>
}

/** Gives each test of the enclosing block a store of its own. */
export function storeForEach(engine: Engine): () => OpenStore {
  let opened: OpenStore | undefined
  beforeEach(async () => {
    opened = await engine.open()
  })
  afterEach(() => opened?.dispose())
  return () => {
    if (opened === undefined) throw new Error('No store outside a test')
    return opened
  }
}

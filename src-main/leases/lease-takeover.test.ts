import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../runtime/clock.ts'
import type { LeaseStore } from '../store/leases.ts'
import { createLease, type Lease } from './lease.ts'
import { leaseOwner } from './lease-owner.ts'
import { startTestChild } from '../../test-support/process/child.ts'
import type { LeaseOrder } from '../../test-support/take-leases.ts'
import { makeTestData, openTestStore, type TestData } from '../../test-support/store/store.ts'

const SITE = 's'
const SCRIPT = fileURLToPath(new URL('../../test-support/take-leases.ts', import.meta.url))
const NOW = { waitMs: 0, signal: new AbortController().signal, onLost: () => {} }
/** Above the largest that any system gives. */
const NO_PROCESS = 2 ** 30
const busy = (): AppError => new AppError('busy', 'Another process has it.')

function leaseOf(store: LeaseStore, name: string): Lease {
  const parts = { store, siteId: SITE, name, owner: leaseOwner(), clock: machineClock }
  return createLease({ ...parts, taken: busy, takenOver: busy })
}

/** A process that takes leases. */
async function startTaker({ config }: TestData) {
  const child = await startTestChild(SCRIPT)
  child.tell({ store: config, siteId: SITE } satisfies LeaseOrder)
  return {
    kill: () => child.kill(),
    /** Whether it got the lease of that name. */
    async take(name: string): Promise<boolean> {
      const asked = child.words.length
      child.tell({ lease: name } satisfies LeaseOrder)
      return (await child.until((word): word is typeof word => true, asked)).said === 'taken'
    },
  }
}

describe('the lease of a process that was killed', () => {
  test('is taken at once, although it has not run out; while the process lives it is its own', async () => {
    const data = await makeTestData()
    const store = await data.open()
    const holder = await startTaker(data)
    expect(await holder.take('sync')).toBe(true)
    const heir = leaseOf(store, 'sync')
    expect(await heir.otherHolder()).not.toBeNull()
    await expect(heir.take(NOW)).rejects.toMatchObject({ code: 'busy' })

    await holder.kill()
    expect(await heir.otherHolder()).toBeNull()
    await heir.take(NOW)
    await heir.drop()
  })

  test('goes to one of two processes that race for it', async () => {
    const data = await makeTestData()
    const store = await data.open()
    const [one, two] = await Promise.all([startTaker(data), startTaker(data)])
    for (const name of Array.from({ length: 30 }, (_, n) => `lease-${n}`)) {
      await store.takeLease(SITE, name, leaseOwner(NO_PROCESS), 60_000)
      const taken = await Promise.all([one.take(name), two.take(name)])
      expect(taken.toSorted()).toEqual([false, true])
    }
  })

  test('goes to the faster of two who both found it dead', async () => {
    const store = await openTestStore()
    await store.takeLease(SITE, 'sync', leaseOwner(NO_PROCESS), 60_000)
    const faster = leaseOf(store, 'sync')
    const slow: LeaseStore = {
      ...store,
      async leaseHolder(...asked) {
        const dead = await store.leaseHolder(...asked)
        await faster.take(NOW)
        return dead
      },
    }
    await expect(leaseOf(slow, 'sync').take(NOW)).rejects.toMatchObject({ code: 'busy' })
    expect(await faster.otherHolder()).toBeNull()
    await faster.drop()
  })
})

describe('a holder that is not known to be gone keeps its lease:', () => {
  const [machine = '', pid = '', id = ''] = leaseOwner().split('/')
  test.each([
    ['this process', leaseOwner()],
    [
      'a process of another machine',
      `${machine.replace(/./, (one) => (one === '0' ? '1' : '0'))}/${NO_PROCESS}/${id}`,
    ],
    ['whoever does not say', 'somebody'],
    ['one without a process id', `${machine}/${pid}x/${id}`],
  ])('%s', async (_who, owner) => {
    const store = await openTestStore()
    await store.takeLease(SITE, 'sync', owner, 60_000)
    await expect(leaseOf(store, 'sync').take(NOW)).rejects.toMatchObject({ code: 'busy' })
    expect(await store.leaseHolder(SITE, 'sync')).toMatchObject({ owner })
  })

  test('but one of this machine without a process does not', async () => {
    const store = await openTestStore()
    await store.takeLease(SITE, 'sync', leaseOwner(NO_PROCESS), 60_000)
    await expect(leaseOf(store, 'sync').take(NOW)).resolves.toBeUndefined()
  })
})

import { describe, expect, test, vi } from 'vitest'
import { testDatabase } from '../../../../test-support/store/database.ts'
import { queryWith } from '../../../../test-support/store/postgres-query.ts'
import { promisedMs } from '../../../../test-support/promised.ts'
import { addThing, failureOf, testConnection } from '../../../../test-support/store/postgres/connection.ts'

const ids = (rows: { id: number }[]): number[] => rows.map((row) => row.id)

async function opened() {
  const database = await testDatabase({ empty: true })
  return { database, connection: await testConnection(database.config) }
}

describe('statements', () => {
  test('BIGINT is a number, also in arrays; one that no number holds fails its statement', async () => {
    const { connection } = await opened()
    const [row] = await connection.query(
      `SELECT 9007199254740991 AS big, '{1,NULL,3}'::bigint[] AS list, count(*) AS n`,
    )
    expect(row).toEqual({ big: 9_007_199_254_740_991, list: [1, null, 3], n: 1 })
    await expect(connection.query('SELECT 9007199254740992 AS big')).rejects.toThrow(RangeError)
    await expect(connection.query('SELECT 1 AS n')).resolves.toEqual([{ n: 1 }])
  })

  test('a fault in our SQL comes back as it is, and the connection goes on', async () => {
    const { connection } = await opened()
    await expect(connection.query('SELEC 1')).rejects.toMatchObject({ code: '42601' })
    await expect(connection.query('SELECT 1 AS n')).resolves.toEqual([{ n: 1 }])
    expect(connection.health()).toEqual({ state: 'up' })
  })
})

describe('transactions', () => {
  test('what was written is there for everybody once the call resolves', async () => {
    const { connection, database } = await opened()
    await addThing(connection, 1)
    expect(await database.query('SELECT id FROM jira_tpm.things')).toEqual([{ id: 1 }])
  })

  test('what the work throws rolls it back, and is thrown', async () => {
    const { connection } = await opened()
    const work = connection.write(async (tx) => {
      await tx.query(`INSERT INTO things VALUES (1, 'a')`)
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await connection.query('SELECT id FROM things')).toEqual([])
  })

  test('is on the disk when it is committed, also where the database does not insist; never less sure than it asks', async () => {
    const { database } = await opened()
    const asked = async (setting: string): Promise<unknown> => {
      await database.query(
        `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET synchronous_commit = ${setting}`,
      )
      return (await testConnection(database.config)).query('SHOW synchronous_commit')
    }
    expect(await asked('off')).toEqual([{ synchronous_commit: 'on' }])
    expect(await asked('remote_apply')).toEqual([{ synchronous_commit: 'remote_apply' }])
  })

  test('a discarded one leaves nothing and gives its result', async () => {
    const { connection } = await opened()
    const result = await connection.write(async (tx) => {
      await tx.query(`INSERT INTO things VALUES (1, 'a')`)
      tx.discard()
      return 'done'
    })
    expect(result).toBe('done')
    expect(await connection.query('SELECT id FROM things')).toEqual([])
  })

  test('a statement that failed fails the transaction although nobody looked at it', async () => {
    const { connection } = await opened()
    const work = connection.write(async (tx) => {
      void tx.query('INSERT INTO nowhere VALUES (1)')
      void tx.query(`INSERT INTO things VALUES (1, 'a')`)
    })
    await expect(work).rejects.toThrow('"nowhere" does not exist')
    expect(await connection.query('SELECT id FROM things')).toEqual([])
  })

  test('of several failures the first one is thrown, not the refusals in its wake', async () => {
    const { connection } = await opened()
    const work = connection.write(async (tx) => {
      void tx.query('INSERT INTO nowhere VALUES (1)')
      await tx.query('SELECT 1')
    })
    await expect(work).rejects.toThrow('"nowhere" does not exist')
  })

  test('a statement after the end is a fault', async () => {
    const { connection } = await opened()
    const tx = await connection.write(async (open) => open)
    expect(() => tx.query('SELECT 1')).toThrow('The transaction is over')
  })

  test('all reads of one see the same commit', async () => {
    const { connection } = await opened()
    const [before, after] = await connection.read(async (tx) => {
      const first = await tx.query<{ id: number }>('SELECT id FROM things')
      await addThing(connection, 1)
      return [first, await tx.query<{ id: number }>('SELECT id FROM things')]
    })
    expect([ids(before), ids(after)]).toEqual([[], []])
    expect(ids(await connection.query('SELECT id FROM things'))).toEqual([1])
  })

  test('two that lock each other out both get through', async () => {
    const { connection } = await opened()
    await addThing(connection, 1)
    await addThing(connection, 2)
    const rounds: number[] = []
    const both = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() }
    const update = async (own: 'first' | 'second', order: readonly number[]): Promise<void> => {
      let round = 0
      await connection.write(async (tx) => {
        round += 1
        await tx.query(`UPDATE things SET text = text || 'x' WHERE id = $1`, [order[0]])
        both[own].resolve()
        await Promise.all([both.first.promise, both.second.promise])
        await tx.query(`UPDATE things SET text = text || 'x' WHERE id = $1`, [order[1]])
      })
      rounds.push(round)
    }
    await Promise.all([update('first', [1, 2]), update('second', [2, 1])])
    expect(Math.max(...rounds)).toBeGreaterThan(1)
    expect(await connection.query('SELECT text FROM things ORDER BY id')).toEqual([
      { text: 'thingxx' },
      { text: 'thingxx' },
    ])
  })

  test('a lock that another keeps too long is a busy store, and nothing is stored', async () => {
    const { connection } = await opened()
    await addThing(connection, 1)
    const { error } = await connection.write(async (holder) => {
      await holder.query('SELECT 1 FROM things FOR UPDATE')
      return await failureOf(
        connection.write(async (tx) => {
          void tx.query('SET LOCAL lock_timeout = 50')
          await tx.query(`UPDATE things SET text = 'no'`)
        }),
      )
    })
    expect(error).toMatchObject({ code: 'busy', retryable: true })
    expect(await connection.query('SELECT text FROM things')).toEqual([{ text: 'thing' }])
  })
})

describe('work alone', () => {
  test('waits for that of another instance', async () => {
    const { connection, database } = await opened()
    const other = await testConnection(database.config)
    const order: string[] = []
    const go = Promise.withResolvers<void>()
    const first = connection.alone((session) =>
      session.write(async () => {
        order.push('first begins')
        await go.promise
        order.push('first ends')
      }),
    )
    await vi.waitFor(() => expect(order).toHaveLength(1))
    const second = other.alone((session) => session.write(async () => void order.push('second')))
    await vi.waitFor(async () => {
      const waiting = `SELECT 1 AS n FROM pg_locks WHERE locktype IN ('transactionid', 'tuple') AND NOT granted`
      expect(await database.query(waiting)).toHaveLength(1)
    })
    go.resolve()
    await Promise.all([first, second])
    expect(order).toEqual(['first begins', 'first ends', 'second'])
  })

  test('lets the next one in when it fails, and leaves no settings behind', async () => {
    const { connection } = await opened()
    const fails = connection.alone((session) => session.write(() => Promise.reject(new Error('no'))))
    await expect(fails).rejects.toThrow('no')
    const shown = await connection.alone((session) =>
      session.write((tx) => tx.query('SHOW statement_timeout')),
    )
    expect(shown).toEqual([{ statement_timeout: '0' }])
    expect(await connection.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '30s' }])
  })
})

describe('connections', () => {
  const CONNECTIONS = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jira-tpm'`

  test('is one, however many read what is found at once', async () => {
    const { connection, database } = await opened()
    await vi.waitFor(async () => expect(await database.query(CONNECTIONS)).toHaveLength(1), 20_000)
    await Promise.all(Array.from({ length: 100 }, () => connection.query('SELECT pg_sleep(0.01)')))
    expect(await database.query(CONNECTIONS)).toHaveLength(1)
  })

  test('a read that is slow holds up no other, nor is the server taken for gone', async () => {
    const { connection } = await opened()
    const slow = connection.query('SELECT pg_sleep(6)')
    const start = performance.now()
    await connection.query('SELECT 1')
    expect(performance.now() - start).toBeLessThan(4_500)
    await slow
    expect(connection.healthChanges()).toBe(0)
  })

  test('are at most four, and one once nobody has asked for a while', async () => {
    const { connection, database } = await opened()
    const sleepers = Array.from({ length: 12 }, () => connection.scan('SELECT pg_sleep(0.05)'))
    await vi.waitFor(async () => expect(await database.query(CONNECTIONS)).toHaveLength(4))
    await Promise.all(sleepers)
    expect(await database.query(CONNECTIONS)).toHaveLength(4)
    await vi.waitFor(async () => expect(await database.query(CONNECTIONS)).toHaveLength(1), 20_000)
  })

  test('are no more for a heartbeat that finds the one that listens at work', async () => {
    const { connection, database } = await opened()
    const reading = connection.query('SELECT pg_sleep(5)')
    const work = Promise.all([1, 2, 3].map(() => connection.scan('SELECT pg_sleep(0.5)')))
    const over = new AbortController()
    const all = Promise.all([reading, work]).then(() => over.abort())
    const seen = new Set<unknown>()
    await queryWith(database.url, async (query) => {
      while (!over.signal.aborted) for (const { pid } of await query(CONNECTIONS)) seen.add(pid)
    })
    await all
    expect(seen.size).toBe(4)
    expect(connection.healthChanges()).toBe(0)
  })

  test('are all gone when it is closed; calls under way and later ones fail', async () => {
    const { connection, database } = await opened()
    const slow = failureOf(connection.query('SELECT pg_sleep(60)'))
    const scan = failureOf(connection.scan('SELECT pg_sleep(60)'))
    const inWork = failureOf(
      connection.write(async (tx) => {
        await tx.query(`INSERT INTO things VALUES (1, 'a')`)
        await tx.query('SELECT pg_sleep(60)')
      }),
    )
    await vi.waitFor(async () => expect(await database.query(CONNECTIONS)).toHaveLength(3))
    const start = performance.now()
    await Promise.all([connection.close(), connection.close()])
    expect(performance.now() - start).toBeLessThan(promisedMs(1_000))
    for (const { error } of [
      await slow,
      await scan,
      await inWork,
      await failureOf(connection.query('SELECT 1')),
    ]) {
      expect(error).toMatchObject({ code: 'store-unavailable' })
      expect(error.message).toContain('is closed')
    }
    await vi.waitFor(async () => {
      const left = await database.query(`${CONNECTIONS} AND query NOT LIKE '%pg_sleep%'`)
      expect(left).toHaveLength(0)
    })
    expect(await database.query('SELECT id FROM jira_tpm.things')).toEqual([])
  })

  test('take nothing from the environment', async () => {
    const { config } = await testDatabase({ empty: true })
    vi.stubEnv('PGOPTIONS', '-c work_mem=12345kB')
    vi.stubEnv('PGPASSWORD', 'of-the-environment')
    vi.stubEnv('PGAPPNAME', 'somebody')
    vi.stubEnv('PGSSLMODE', 'require')
    vi.stubEnv('PGREPLICATION', 'database')
    vi.stubEnv('PGCLIENT_ENCODING', 'LATIN1')
    vi.stubEnv('PGHOST', 'nowhere.invalid')
    try {
      const connection = await testConnection(config)
      const [row] = await connection.query(`
        SELECT current_setting('work_mem') AS work_mem, current_setting('application_name') AS name,
               current_setting('client_encoding') AS encoding, current_setting('search_path') AS path`)
      expect(row).toEqual({ work_mem: '4MB', name: 'jira-tpm', encoding: 'UTF8', path: 'jira_tpm, pg_temp' })
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

import type { Client } from 'pg'

/** Which clients were made with an earlier login than that of now. */
export interface ClientAges {
  /** One that was just made. Gives it back. */
  note(client: Client): Client
  isOld(client: Client): boolean
  /** Another login is there: those made so far are old. Resolves when all of them have ended. */
  allAreOld(): Promise<void>
}

export function createClientAges(): ClientAges {
  let age = 0
  const ages = new Map<Client, number>()
  const listeners = new Set<() => void>()
  const isOld = (client: Client): boolean => (ages.get(client) ?? age) < age
  return {
    note(client) {
      ages.set(client, age)
      client.once('end', () => {
        ages.delete(client)
        for (const listener of listeners) listener()
      })
      return client
    },
    isOld,
    allAreOld() {
      age += 1
      const first = age
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = (): void => {
        if ([...ages.values()].some((one) => one < first)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
      return promise
    },
  }
}

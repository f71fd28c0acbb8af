import { createTakenKeys, walkKeys, type KeyWalkParts, type TakenKeys, type KeyWalk } from './key-walk.ts'

export interface KeyWalker {
  /**
   * Looks at the tickets of a project whose keys are greater than `after`, in a walk that begins after this call. Who
   * asks while none has begun shares the next one. Throws what Jira throws.
   */
  walk(projectKey: string, after: number): Promise<KeyWalk>
}

interface Waiting {
  after: number
  readonly walk: Promise<KeyWalk>
}

/** One walk at a time in each project, shared by all slots that are in doubt. */
export function createKeyWalker(parts: KeyWalkParts): KeyWalker {
  const running = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Waiting>()
  const taken = new Map<string, TakenKeys>()
  const takenOf = (projectKey: string): TakenKeys => {
    const keys = taken.get(projectKey) ?? createTakenKeys()
    taken.set(projectKey, keys)
    return keys
  }
  const begin = async (projectKey: string): Promise<KeyWalk> => {
    await running.get(projectKey)?.catch(() => {})
    const after = waiting.get(projectKey)?.after ?? 0
    waiting.delete(projectKey)
    const walk = walkKeys(projectKey, after, takenOf(projectKey), parts)
    running.set(projectKey, walk)
    return walk
  }
  return {
    walk(projectKey, after) {
      const next = waiting.get(projectKey)
      if (next !== undefined) {
        next.after = Math.min(next.after, after)
        return next.walk
      }
      // Its first lines run at once, so that it is known before anyone else asks.
      const opened: Waiting = { after, walk: Promise.resolve().then(() => begin(projectKey)) }
      waiting.set(projectKey, opened)
      return opened.walk
    },
  }
}

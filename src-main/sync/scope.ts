import type { CountsScope } from '../store/store.ts'

/**
 * The name under which a fetch's progress is kept. Other projects or other watched priorities are another scope, so
 * that changing what is watched begins from nothing.
 */
export function syncScope({ projectKey, priorityIds }: CountsScope): string {
  return JSON.stringify([projectKey, priorityIds.toSorted()])
}

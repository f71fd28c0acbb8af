import { BaseSequencer } from 'vitest/node'

/**
 * Files that take long although they are short: vitest begins with the largest ones where it knows no times, and these
 * would be alone at the end.
 */
const LONG = [
  'store/invariants',
  'store/writers',
  'chaos/chaos.postgres',
  'sync/takeover',
  'commands/runs/resume',
  'commands/terminal',
  'commands/menu/menu',
  'store-outage.postgres',
  'generator/kills',
  'generator/rivals',
  'clean-up/killed',
  'sync/killed',
  'sync/matrix-cloud',
  'store/postgres/plans',
  'transfer/memory',
  'sync/million',
  'sync/lead-or-follow',
  'audit/audit-large',
].map((name) => `/src-main/${name}.test.ts`)

/** The long ones first, in this order; then as vitest has them. */
export default class LongFirst extends BaseSequencer {
  async sort(files) {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is vitest's own
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

function placeOf({ moduleId }) {
  const index = LONG.findIndex((name) => moduleId.endsWith(name))
  return index === -1 ? LONG.length : index
}

import { BaseSequencer } from 'vitest/node'

/**
 * Files that take long although they are short: vitest begins with the largest ones where it knows no times, and these
 * would be alone at the end.
 */
const LONG = [
  'commands/silent-jira',
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
  'sync/matrix',
  'store/postgres/plans',
  'transfer/memory',
  'sync/million',
  'sync/lead-or-follow',
  'audit/audit-large',
].map((name) => `/src-main/${name}.test.ts`)

/**
 * One project after the other, since a worker that changes between them reads its modules anew; of each the long ones
 * first, in this order; then as vitest has them.
 */
export default class LongFirst extends BaseSequencer {
  async sort(files) {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is vitest's own
    const sorted = await super.sort(files)
    const projects = [...new Set(sorted.map(({ project }) => project.name))]
    const projectOf = ({ project }) => projects.indexOf(project.name)
    return sorted.toSorted((a, b) => projectOf(a) - projectOf(b) || placeOf(a) - placeOf(b))
  }
}

function placeOf({ moduleId }) {
  const index = LONG.findIndex((name) => moduleId.endsWith(name))
  return index === -1 ? LONG.length : index
}

import { describe, expect, test } from 'vitest'
import { runOf } from '../../../test-support/renderer/runs-page/runs.ts'
import { emptyHistory, withNewest, withOlder, withRun, type HistoryState } from './history-controller.ts'

const ids = ({ runs }: HistoryState): readonly string[] => runs?.map(({ runId }) => runId) ?? []
const listed: HistoryState = { ...emptyHistory, runs: [runOf(1), runOf(2)], more: true }

describe('the history of runs', () => {
  test('a run that is listed is replaced where it stands', () => {
    const state = withRun(listed, runOf(2, { removed: 3 }))
    expect(ids(state)).toEqual(['run-1', 'run-2'])
    expect(state.runs?.[1]?.removed).toBe(3)
  })

  test('a new run comes first', () => {
    expect(ids(withRun(listed, runOf(0)))).toEqual(['run-0', 'run-1', 'run-2'])
  })

  test('a run older than those that are listed comes with them, not before', () => {
    expect(ids(withRun(listed, runOf(3)))).toEqual(['run-1', 'run-2'])
    expect(ids(withRun({ ...listed, more: false }, runOf(3)))).toEqual(['run-1', 'run-2', 'run-3'])
  })

  test('nothing is listed before the core has answered', () => {
    expect(withRun(emptyHistory, runOf(0)).runs).toBeNull()
  })

  test('older runs are added once, although the boundary is named twice', () => {
    const state = withOlder(listed, { runs: [runOf(2), runOf(3)], more: false })
    expect(ids(state)).toEqual(['run-1', 'run-2', 'run-3'])
    expect(state.more).toBe(false)
  })

  test('read anew, the older ones stay, and so does whether there are more', () => {
    const all = withOlder(listed, { runs: [runOf(3)], more: false })
    const state = withNewest(all, { runs: [runOf(0), runOf(1)], more: true })
    expect(ids(state)).toEqual(['run-0', 'run-1', 'run-2', 'run-3'])
    expect(state.more).toBe(false)
  })

  test('where the newest are all, no other stays', () => {
    expect(ids(withNewest(listed, { runs: [runOf(0)], more: false }))).toEqual(['run-0'])
  })
})

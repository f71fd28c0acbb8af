import { expect, test } from 'vitest'
import { createSiteTime } from '../runtime/clock.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { RUN } from '../../test-support/store/runs.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { listMarks } from './list-marks.ts'

const NOW = RUN.startMs + 600_000
const HOUR = { fromMs: RUN.startMs, toMs: RUN.endMs }

async function open(knownToMs: number) {
  const store = await openTestStore()
  const time = createSiteTime({ now: () => NOW, sleep: async () => {} })
  const known = async () => [{ fromMs: 0, toMs: knownToMs }]
  return { store, list: (span = HOUR) => listMarks({ store, siteId: SITE, known, time }, span) }
}

test('what people set, what was noted, and runs, in the order of time; only what people set has a revision', async () => {
  const { store, list } = await open(NOW)
  await store.createRun(RUN, [])
  const at = { fromMs: RUN.startMs + 60_000, toMs: null }
  await store.addMark(SITE, { id: 'a', kind: 'mark', text: 'deploy', ...at, revision: 'r' })
  const outage = { fromMs: RUN.startMs + 1, toMs: RUN.startMs + 300_000 }
  await store.noteOutage(SITE, { id: 'o', kind: 'outage', text: 'Jira was away', ...outage })
  const { marks, more } = await list()
  expect(marks.map(({ kind, text, revision }) => [kind, text, revision])).toEqual([
    ['run', 'Run abcdefgh: 4 tickets planned', null],
    ['outage', 'Jira was away', null],
    ['mark', 'deploy', 'r'],
  ])
  expect(more).toBe(false)
})

test('while nothing is fetched, since when; not of a short while, nor of a span before it', async () => {
  const { list } = await open(NOW - 300_000)
  expect((await list()).marks).toMatchObject([{ kind: 'outage', fromMs: NOW - 300_000, toMs: null }])
  expect((await list({ fromMs: RUN.startMs, toMs: RUN.startMs + 60_000 })).marks).toEqual([])
  const short = await open(NOW - 60_000)
  expect((await short.list()).marks).toEqual([])
})

test('of more than a thousand the newest, and that there are older ones', async () => {
  const { store, list } = await open(NOW)
  for (let n = 0; n < 1_001; n++) {
    const at = { fromMs: RUN.startMs + n, toMs: null }
    await store.addMark(SITE, { id: `m${n}`, kind: 'mark', text: 'm', ...at, revision: 'r' })
  }
  const { marks, more } = await list()
  expect([marks.length, marks[0]?.id, marks.at(-1)?.id, more]).toEqual([1_000, 'm1', 'm1000', true])
}, 60_000)

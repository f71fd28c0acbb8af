import { describe, expect, test } from 'vitest'
import type { ChartModel } from '../chart/chart-model.ts'
import { barsCsv, ticketsCsv } from './tables.ts'

const FIRST = Date.UTC(2026, 10, 24, 13, 30) / 60_000

function model(states: readonly ChartModel['bins'][number]['state'][]): ChartModel {
  return {
    view: 'histogram',
    barMinutes: 5,
    zone: 'Europe/Berlin',
    priorities: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
    bins: states.map((state, at) => ({
      startMinute: FIRST + at * 5,
      minutes: 5,
      byPriority: [1, 2],
      total: 3,
      state,
    })),
    usual: null,
    marks: [],
  } as unknown as ChartModel
}

describe('bars as CSV', () => {
  test('a mark is in the bar in which it began, and no spreadsheet takes it for a formula', () => {
    const mark = { id: 'a', kind: 'incident' as const, toMs: null, revision: null }
    const marks = [
      { ...mark, text: 'a, b', fromMs: (FIRST + 5) * 60_000 },
      { ...mark, kind: 'mark' as const, text: '=1+1', fromMs: FIRST * 60_000 - 1 },
    ]
    const rows = barsCsv({ ...model(['settled', 'settled']), marks }).split('\n')
    expect(rows.map((row) => row.split(',settled')[1] ?? row)).toEqual([
      expect.stringMatching(/,state,marks$/),
      `,'=1+1`,
      ',"incident: a, b"',
      '',
    ])
  })

  test('times in UTC and in the zone, which is named; counts by priority', () => {
    expect(barsCsv(model(['settled', 'unsettled'])).split('\n')).toEqual([
      'from,to,from in Europe/Berlin,Highest,High,tickets,at least,state',
      '2026-11-24T13:30:00Z,2026-11-24T13:35:00Z,2026-11-24 14:30,1,2,3,,settled',
      '2026-11-24T13:35:00Z,2026-11-24T13:40:00Z,2026-11-24 14:35,1,2,3,,not settled yet',
      '',
    ])
  })

  test('what was not fetched has no count, but the least that it is; what is to come has none', () => {
    const [, unknown, future] = barsCsv(model(['unknown', 'future'])).split('\n')
    expect(unknown).toMatch(/14:30,,,,3,not fetched$/)
    expect(future).toMatch(/14:35,,,,,still to come$/)
  })
})

test('tickets as CSV: a title that a spreadsheet would carry out is text', () => {
  const createdMs = Date.UTC(2026, 10, 24, 13, 30, 5)
  const ticket = { id: '1', key: 'OPS-1', projectKey: 'OPS', title: '=1+1, "quoted"', priorityId: '2' }
  const more = { priorityName: 'High', status: 'Open', createdMs, updatedMs: createdMs }
  expect(ticketsCsv([{ ...ticket, ...more }], 'Europe/Berlin').split('\n')).toEqual([
    'id,key,projectKey,title,priorityId,priorityName,status,created,updated,created in Europe/Berlin',
    `1,OPS-1,OPS,"'=1+1, ""quoted""",2,High,Open,2026-11-24T13:30:05Z,2026-11-24T13:30:05Z,2026-11-24 14:30`,
    '',
  ])
})

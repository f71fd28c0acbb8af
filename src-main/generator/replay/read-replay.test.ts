import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Value } from 'typebox/value'
import { MAX_REPLAY, Replay } from '../../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { ExportedTicket } from '../../store/pages/stored-ticket.ts'
import { TICKET_LINES } from '../../transfer/ticket-lines.ts'
import { collectReplay, readReplay } from './read-replay.ts'

const read = (text: string): Promise<Replay> => readReplay({ name: 'may', text })

describe('arrivals are read out of', () => {
  test.each(['csv', 'jsonl'] as const)('our own export in %s', async (format) => {
    const lines = TICKET_LINES[format]
    const tickets = [ticket('High', 90_000), ticket('=P1, or "so"', 30_000), ticket('High', 30_500)]
    expect(await read(lines.start + lines.of(tickets))).toEqual({
      name: 'may',
      offsetsMs: [0, 500, 60_000],
      priorities: ['High', '=P1, or "so"'],
      priorityOf: [1, 0, 0],
    })
  })

  test('the first program’s table', async () => {
    const text = [
      'ticket_id,ticket_severity,ticket_created_date,ticket_title,ticket_project',
      '2,High,2021-03-04 10:11:13.5+00:00,"two\nlines",P',
      '1,Highest,2021-03-04 10:11:12+00,one,P',
    ].join('\r\n')
    expect(await read(text)).toMatchObject({
      offsetsMs: [0, 1_500],
      priorities: ['High', 'Highest'],
      priorityOf: [1, 0],
    })
  })

  test('lines of issues as Jira gives them, whole answers of a search, and short lists', async () => {
    const lines = [
      {
        issues: [
          issue('2026-01-15T14:00:00.000+0100', { name: 'High' }),
          issue('2026-01-15T14:00:02.000+0100', null),
        ],
      },
      issue('2026-01-15T13:00:01.000+0000', { id: '3', name: 'Low' }),
      { key: 'A-2', priority: 'Major', created: '2026-01-15T13:00:03.000+0000', resolved: null },
    ]
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n\n')}\n`
    expect(await read(text)).toEqual({
      name: 'may',
      offsetsMs: [0, 1_000, 2_000, 3_000],
      priorities: ['High', 'Low', 'Major'],
      priorityOf: [0, 1, -1, 2],
    })
  })

  test('CSV with semicolons, a mark of UTF-8 and names in any case, priorities or not', async () => {
    const rows = 'Key;Created;Priority\nA;2026-01-15T14:00;High\n\nB;2026-01-15T14:01;\n'
    expect(await read(`\u{FEFF}${rows}`)).toMatchObject({ offsetsMs: [0, 60_000], priorityOf: [0, -1] })
    expect(await read('created\n2026-01-15T14:00Z')).toMatchObject({
      offsetsMs: [0],
      priorities: [],
      priorityOf: [-1],
    })
  })

  test('any pieces that the text comes in', async () => {
    const csv = 'created,priorityName\n2026-01-15T14:00Z,"Hi\ngh"\r\n2026-01-15T14:01Z,Low\n'
    const json = '{"created":"2026-01-15T14:00Z","priority":"Höchste"}\n\n{"created":"2026-01-15T14:02Z"}'
    for (const text of [csv, json]) {
      const whole = await read(text)
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 6 }), async (cuts) => {
          expect(await collectReplay('may', piecesOf(text, cuts))).toEqual(whole)
        }),
      )
    }
  })

  test('as many as a replay may have, and what comes of it is what the contract takes', async () => {
    const replay = await read(manyTickets(MAX_REPLAY))
    expect(replay.offsetsMs).toHaveLength(MAX_REPLAY)
    expect(Value.Check(Replay, replay)).toBe(true)
  })
})

describe('a file is refused, with the reason:', () => {
  test('every line that is no ticket', async () => {
    const lines = [
      '{"created":"2026-01-15T14:00Z"}',
      '{"key":"A-1"}',
      '',
      '{"created":"soon","priority":"High"}',
      '[]',
      'nonsense',
      '{"created":"2026-01-15T14:00Z","priority":3}',
      '{"created":"2026-02-30T14:00Z"}',
      '{"created":7}',
    ]
    const refusal = await refusalOf(lines.join('\n'))
    expect(refusal).toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('may has 7 lines that are no tickets'),
    })
    expect(refusal.hint).toBe(
      'Line 2: there is no created. Line 4: created is "soon", which is no date and time. Line 5: this is no JSON object. ' +
        'Line 6: this is not JSON. Line 7: the priority is "3", and no name. As bad: line 8, 9. Correct them or take them out.',
    )
  })

  test('a row with too few columns, by the line that it begins in', async () => {
    const refusal = await refusalOf(
      'created,priority\n"2026-01-15T14:00Z","a\nb"\n2026-01-15T14:00Z\n,High\n',
    )
    expect(refusal.hint).toContain(
      'Line 4: this has 1 columns, and the first line 2. Line 5: there is no created.',
    )
  })

  test('hundreds of them, without naming all', async () => {
    const refusal = await refusalOf(`created\n${'x\n'.repeat(300)}`)
    expect(refusal.message).toContain('300 lines')
    expect(refusal.hint).toContain('101 and 200 more.')
    expect(refusal.hint.length).toBeLessThan(1_000)
  })

  test.each([
    ['', 'may is empty'],
    [' \n \n', 'may is empty'],
    ['created,priority\n', 'may holds no ticket'],
    ['[{"created":"2026-01-15T14:00Z"}]', 'may is one JSON array'],
    ['id,title\n1,x', 'neither JSON lines nor CSV whose first line names a column created'],
    ['created\n"2026', 'has a quote out of place'],
    ['created\n2026-01-15T14:00Z"x', 'has a quote out of place'],
  ])('%j', async (text, words) => {
    expect(await refusalOf(text)).toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/\w/),
    })
  })

  test('a row of more columns than a table has, before it is read as one', async () => {
    for (const [text, line] of [
      [`created${','.repeat(10_000)}\n`, 1],
      [`created\n${','.repeat(800_000)}`, 2],
      [`created;x\n2026-01-15T14:00Z;1\n\n"${';'.repeat(10_000)}"`, 4],
    ] as const) {
      const { message } = await refusalOf(text)
      expect(message).toContain(`has more than 10,000 columns in line ${line}.`)
    }
    const many = await read(`created${',x'.repeat(9_999)}\n2026-01-15T14:00Z${','.repeat(9_999)}\n`)
    expect(many.offsetsMs).toEqual([0])
  })

  test('more tickets than a replay may have, as soon as that is known', async () => {
    let given = 0
    const endless = async function* (): AsyncGenerator<string> {
      yield 'created\n'
      for (;;) {
        given += 1
        yield '2026-01-15T14:00Z\n'.repeat(1_000)
      }
    }
    await expect(collectReplay('may', endless())).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('may has more than 20,000 tickets'),
    })
    expect(given).toBeLessThan(100)
  })

  test('more priorities than there can be', async () => {
    const rows = Array.from({ length: 101 }, (_, index) => `2026-01-15T14:00Z,P${index}`)
    expect((await refusalOf(`created,priority\n${rows.join('\n')}`)).message).toContain(
      '100 different priorities',
    )
  })
})

test('nothing else than its own error comes of any text', async () => {
  const likely = fc.string({
    unit: fc.constantFrom('created', 'priority', ',', '\n', '"', '{', '}', ':', '2026-01-15T14:00Z'),
  })
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), likely), async (text) => {
      const result = await read(text).catch((error: unknown) => error)
      expect(isBadData(result) || Value.Check(Replay, result)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

function isBadData(result: unknown): boolean {
  return result instanceof AppError && result.code === 'bad-data'
}

async function refusalOf(text: string): Promise<{ code: string; message: string; hint: string }> {
  return read(text).then(
    () => expect.fail('it was read'),
    (error: { code: string; message: string; hint: string }) => error,
  )
}

function ticket(priorityName: string, createdMs: number): ExportedTicket {
  const facts = {
    id: '1',
    key: 'A-1',
    projectKey: 'A',
    title: 'a, "b"\nc',
    priorityId: '1',
    status: 'Done',
  } as const
  return { ...facts, priorityName, createdMs, updatedMs: createdMs, left: null, source: 'jira' }
}

/** As Jira gives one. */
function issue(created: string, priority: unknown): unknown {
  return { key: 'A-1', fields: { created, priority } }
}

function manyTickets(count: number): string {
  const startMs = Date.UTC(2026, 0, 15)
  return `created,priority\n${Array.from({ length: count }, (_, n) => `${new Date(startMs + n * 997).toISOString()},High\n`).join('')}`
}

async function* piecesOf(text: string, cuts: readonly number[]): AsyncGenerator<string> {
  const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
  for (const [index, place] of places.entries()) yield text.slice(place, places[index + 1])
}

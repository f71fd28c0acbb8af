import { describe, expect, test } from 'vitest'
import type { Fields } from './source-row.ts'
import { importedTicket, type ImportedTicket, type Reading } from './imported-ticket.ts'

const READING: Reading = {
  watched: [
    { id: '10', name: 'Blocker' },
    { id: '2', name: 'High' },
  ],
  zone: 'Europe/Berlin',
}
const CREATED = '2021-03-04T10:11:12.000+0000'
const CREATED_MS = Date.UTC(2021, 2, 4, 10, 11, 12)

const OLD: Fields = {
  ticket_id: '1234',
  ticket_severity: 'High',
  ticket_created_date: CREATED,
  ticket_title: 'Login is slow',
  ticket_project: 'TPM',
}
const OWN: Fields = { id: '1234', created: CREATED, priorityName: 'High' }

function old(changes: Fields): ImportedTicket {
  return importedTicket({ ...OLD, ...changes }, READING)
}

function own(changes: Fields): ImportedTicket {
  return importedTicket({ ...OWN, ...changes }, READING)
}

describe('a row of the first program’s table', () => {
  test('is a ticket with Jira’s own id, under the priority that the site watches', () => {
    expect(old({})).toEqual({
      ticket: {
        id: '1234',
        key: '#1234',
        projectKey: 'TPM',
        title: 'Login is slow',
        priorityId: '2',
        priorityName: 'High',
        status: '',
        createdMs: CREATED_MS,
        updatedMs: CREATED_MS,
      },
      left: null,
      assumesZone: false,
    })
  })

  test.each([
    ['BLOCKER', '10', 'Blocker'],
    [' high ', '2', 'High'],
    ['Highest', 'import-highest', 'Highest'],
    ['10', 'import-10', '10'],
  ])('severity %j', (ticket_severity, priorityId, priorityName) => {
    expect(old({ ticket_severity }).ticket).toMatchObject({ priorityId, priorityName })
  })

  test('a time without a zone is of the zone that was said, and that is reported', () => {
    const { ticket, assumesZone } = old({ ticket_created_date: ' 2021-03-04 11:11:12 ' })
    expect([ticket.createdMs, assumesZone]).toEqual([CREATED_MS, true])
  })

  test('title and project may be missing', () => {
    expect(old({ ticket_title: null, ticket_project: null }).ticket).toMatchObject({
      title: '',
      projectKey: '',
    })
  })

  test.each([
    ['007', '7'],
    ['123.0', '123'],
    [' 5 ', '5'],
    ['0', '0'],
  ])('the id %j is %s', (ticket_id, id) => {
    expect(old({ ticket_id }).ticket).toMatchObject({ id, key: `#${id}` })
  })

  test.each<[Fields, string]>([
    [{ ticket_id: null }, 'ticket_id is empty'],
    [{ ticket_id: 'TPM-1' }, 'ticket_id is "TPM-1", which is no number'],
    [{ ticket_id: '-5' }, 'ticket_id is "-5", which is no number'],
    [{ ticket_id: '1.5' }, 'ticket_id is "1.5", which is no number'],
    [{ ticket_severity: ' ' }, 'ticket_severity is empty'],
    [{ ticket_created_date: null }, 'ticket_created_date is empty'],
    [{ ticket_created_date: 'soon' }, 'ticket_created_date is "soon", which is no date and time'],
    [{ ticket_project: 'x'.repeat(256) }, 'ticket_project is longer than 255 characters'],
    [{ ticket_severity: 'x'.repeat(256) }, 'is longer than 255 characters'],
  ])('is none with %j', (changes, reason) => {
    expect(() => old(changes)).toThrow(reason)
  })

  test('what is shown of a value is short, and nothing that a terminal would obey', () => {
    const value = `\u001B[31m\u009B2J\u202E${'x'.repeat(100)}`
    expect(() => old({ ticket_created_date: value })).toThrow(
      `"\u{FFFD}[31m\u{FFFD}2J\u{FFFD}${'x'.repeat(51)}…"`,
    )
  })
})

describe('a row as we export them', () => {
  test('needs an id, a time and a priority, by name or by id', () => {
    expect(own({}).ticket).toEqual({
      id: '1234',
      key: '#1234',
      projectKey: '',
      title: '',
      priorityId: '2',
      priorityName: 'High',
      status: '',
      createdMs: CREATED_MS,
      updatedMs: CREATED_MS,
    })
    const byId = { priorityName: null, priorityId: '10' }
    expect(own(byId).ticket).toMatchObject({ priorityId: '10', priorityName: 'Blocker' })
    expect(own({ ...byId, priorityId: '99' }).ticket).toMatchObject({ priorityId: '99', priorityName: '99' })
  })

  test('an id of a priority stays as it is, whatever its name means here', () => {
    const ticket = { priorityId: '77', priorityName: 'Blocker' }
    expect(own(ticket).ticket).toMatchObject(ticket)
  })

  test('may have left', () => {
    const left = { left: '2021-03-05T00:00:00Z', leftReason: 'moved', projectKey: 'OPS' }
    const atMs = Date.UTC(2021, 2, 5)
    expect(own({ ...left, leftProjectKey: 'TPM' }).left).toEqual({ atMs, reason: 'moved', projectKey: 'TPM' })
    expect(own({ ...left, leftProjectKey: '' }).left).toEqual({ atMs, reason: 'moved', projectKey: 'OPS' })
    expect(own({ left: '', leftReason: '', leftProjectKey: '' }).left).toBeNull()
  })

  test.each<[Fields, string]>([
    [{ id: '' }, 'id is empty'],
    [{ id: 'x'.repeat(256) }, 'id is longer than 255 characters'],
    [{ created: null }, 'created is empty'],
    [{ updated: 'x' }, 'updated is "x", which is no date and time'],
    [{ priorityName: '' }, 'priorityName is empty'],
    [{ left: CREATED }, 'leftReason is empty'],
    [
      { left: CREATED, leftReason: 'bored' },
      'leftReason is "bored", and none of lowered, deleted, moved, hidden',
    ],
    [{ leftReason: 'moved' }, 'left is empty'],
  ])('is none with %j', (changes, reason) => {
    expect(() => own(changes)).toThrow(reason)
  })
})

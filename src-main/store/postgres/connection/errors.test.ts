import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'
import { AppError, errorText } from '../../../../src-shared/errors/app-error.ts'
import { testConfig } from '../../../../test-support/store/postgres-config.ts'
import { toStoreError } from './errors.ts'
import { ConnectionError, fromPg, kindOf } from './failure.ts'
import { refuseUnfit } from './server-state.ts'
import { serverNames } from './errors.ts'

const server = serverNames(testConfig({ host: 'db.example.com', port: 5432, database: 'tickets' }))

function said(code: string, message = 'what the server says'): DatabaseError {
  return Object.assign(new DatabaseError(message, 0, 'error'), { code })
}

function network(code: string): unknown {
  return fromPg(Object.assign(new Error(`connect ${code}`), { code }))
}

/** The AppError's code, and both of its sentences. */
function told(error: unknown): { code: string; text: string; retryable: boolean } {
  const appError = toStoreError(error, server)
  if (!(appError instanceof AppError)) throw new Error('no AppError', { cause: appError })
  expect(appError.hint).not.toBe('')
  expect(appError.message).toContain('PostgreSQL at db.example.com/tickets')
  return { code: appError.code, text: errorText(appError), retryable: appError.retryable }
}

describe('a server that cannot be reached says nothing, so we do', () => {
  test.each([
    ['ECONNREFUSED', 'nothing answers at that address'],
    ['ENOTFOUND', 'its name is not known'],
    ['EAI_AGAIN', 'names cannot be looked up now'],
    ['ETIMEDOUT', 'nothing comes back from the network'],
    ['EHOSTUNREACH', 'there is no way to it'],
    ['ENETUNREACH', 'there is no network'],
    ['ECONNRESET', 'broke the connection'],
    ['EPIPE', 'broke the connection'],
  ])('%s', (code, words) => {
    const { text, ...rest } = told(network(code))
    expect(rest).toEqual({ code: 'store-unavailable', retryable: true })
    expect(text).toContain(words)
    expect(text).toContain('what was stored before is safe')
    expect(kindOf(network(code))).toBe('unreachable')
  })

  test.each([
    ['57P01', 'is being shut down'],
    ['57P02', 'has crashed'],
    ['57P03', 'is starting up or shutting down'],
    ['53300', 'has no connection left for us'],
    ['08P01', 'ended the connection: what the server says'],
    ['25P03', 'ended the connection: what the server says'],
  ])('the server says %s', (code, words) => {
    expect(told(said(code))).toMatchObject({ code: 'store-unavailable', retryable: true })
    expect(told(said(code)).text).toContain(words)
    expect(kindOf(said(code))).toBe('unreachable')
  })
})

describe('a server that answers', () => {
  test.each([
    ['25006', 'store-unavailable', 'takes no writes'],
    ['53100', 'store-full', 'is full'],
    ['57014', 'store-unavailable', 'took too long'],
    ['55P03', 'busy', 'was in the way'],
    ['40P01', 'busy', 'was in the way'],
    ['53200', 'store-unavailable', 'what the server says (53200)'],
    ['XX001', 'store-unavailable', 'what the server says (XX001)'],
    ['58030', 'store-unavailable', 'what the server says (58030)'],
  ])('%s may pass: %s', (code, appCode, words) => {
    expect(told(said(code))).toMatchObject({ code: appCode, retryable: true })
    expect(told(said(code)).text).toContain(words)
  })

  test.each(['28P01', '28000', '3D000', '42501', '26000', '42P05'])('%s does not pass by itself', (code) => {
    expect(told(said(code))).toMatchObject({ code: 'not-configured', retryable: false })
    expect(kindOf(said(code))).toBe('denied')
  })

  test.each([
    'relation "tickets" does not exist',
    'relation "jira_tpm.minute_counts" does not exist',
    'Relation »tickets« existiert nicht',
    'la relation « day_counts » n’existe pas',
    'リレーション"sync_state"は存在しません',
  ])('without the ticket tables they were dropped, in any language: %s', (message) => {
    expect(toStoreError(said('42P01', message), server)).toMatchObject({ code: 'tables-missing' })
  })

  test('without another table it is our fault', () => {
    const fault = said('42P01', 'relation "tickets_of_mine" does not exist')
    expect(toStoreError(fault, server)).toBe(fault)
  })

  test.each(['23505', '22P05', '42601', '42703'])('%s is a fault of ours, and stays as it is', (code) => {
    expect(toStoreError(said(code), server)).toBeInstanceOf(DatabaseError)
    expect(kindOf(said(code))).toBe('statement')
  })
})

test('what the work itself throws is no failure of the connection', () => {
  for (const error of [new Error('no'), new TypeError('no'), new AppError('not-found', 'no')]) {
    expect(toStoreError(error, server)).toBe(error)
    expect(kindOf(error)).toBe('statement')
  }
})

test('an error that pg makes of a broken connection is told from ours', () => {
  const error = fromPg(new Error('Connection terminated unexpectedly'))
  expect(error).toBeInstanceOf(ConnectionError)
  expect(told(error).text).toContain('broke the connection')
})

test.each([
  [{ version: 120_022, versionName: '12.22', encoding: 'UTF8', isReadOnly: false }, 'is version 12.22'],
  [
    { version: 180_004, versionName: '18.4', encoding: 'LATIN1', isReadOnly: false },
    'keeps its texts as LATIN1',
  ],
])('a server that we cannot use: %o', (state, words) => {
  let refusal: unknown = null
  try {
    refuseUnfit(state)
  } catch (error) {
    refusal = error
  }
  expect(told(refusal)).toMatchObject({ code: 'not-configured', retryable: false })
  expect(told(refusal).text).toContain(words)
})

test('version 13 and newer with UTF8 will do', () => {
  expect(() =>
    refuseUnfit({ version: 130_000, versionName: '13.0', encoding: 'UTF8', isReadOnly: false }),
  ).not.toThrow()
})

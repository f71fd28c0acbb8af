import { describe, expect, it } from 'vitest'
import { MOST_FILES_AGAIN, WHOLE_FILE, failedFiles, mayTryAgain } from './test-report.mjs'
import { playwrightTests, settle, totals, wordsFor } from './test-report.mjs'

const test = (name, state, { project = 'sqlite', file = 'a.test.ts', error = '' } = {}) => ({
  project,
  file,
  name,
  state,
  error,
})

describe('two tries', () => {
  it('what failed and then passed has passed, and is named with its first error', () => {
    const first = [
      test('one', 'passed'),
      test('two', 'failed', { error: 'too late' }),
      test('three', 'skipped'),
    ]
    const second = [test('one', 'passed'), test('two', 'passed'), test('three', 'skipped')]
    const { tests, wavering } = settle(first, second)
    expect(totals(tests)).toEqual({ passed: 2, failed: 0, skipped: 1 })
    expect(wordsFor(wavering)).toEqual([
      'passed only at the second try: sqlite a.test.ts',
      '    two',
      '      too late',
    ])
  })

  it('what fails twice, is skipped, or is not run again has failed', () => {
    const first = [test('one', 'failed'), test('two', 'failed'), test('three', 'failed')]
    const { tests, wavering } = settle(first, [test('one', 'failed'), test('two', 'skipped')])
    expect(totals(tests)).toEqual({ passed: 0, failed: 3, skipped: 0 })
    expect(wavering).toEqual([])
  })

  it('what fails at the second try alone is named, too', () => {
    const first = [test('one', 'failed'), test('two', 'passed')]
    const { tests, wavering } = settle(first, [test('one', 'passed'), test('two', 'failed')])
    expect(totals(tests)).toEqual({ passed: 2, failed: 0, skipped: 0 })
    expect(wavering.map(({ name, says }) => `${name} ${says}`)).toEqual([
      'one passed only at the second try',
      'two failed only at the second try',
    ])
  })

  it('tests of one name stay as many; projects and files are told apart', () => {
    const first = [
      test('same', 'failed'),
      test('same', 'failed'),
      test('same', 'failed', { project: 'postgres' }),
      test('same', 'passed', { file: 'b.test.ts' }),
    ]
    const { tests, wavering } = settle(first, [test('same', 'passed'), test('same', 'failed')])
    expect(totals(tests)).toEqual({ passed: 2, failed: 2, skipped: 0 })
    expect(wavering).toHaveLength(1)
  })

  it('the tests of a file that could be run only then count', () => {
    const first = [test('one', 'skipped'), test(WHOLE_FILE, 'failed', { error: 'no port' })]
    const { tests, wavering } = settle(first, [test('one', 'passed'), test('two', 'passed')])
    expect(totals(tests)).toEqual({ passed: 2, failed: 0, skipped: 0 })
    expect(wavering.map(({ error }) => error)).toEqual(['no port'])
  })

  it('a file that can never be run is one failure, and so is what fails outside all files', () => {
    const broken = [test(WHOLE_FILE, 'failed')]
    expect(totals(settle(broken, broken).tests)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(totals(settle(broken, []).tests).failed).toBe(1)
    const outside = test(WHOLE_FILE, 'failed', { file: '' })
    const { tests } = settle([test('one', 'failed')], [test('one', 'passed'), outside])
    expect(totals(tests)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })
})

describe('a second try', () => {
  it('is for the files that failed, each in its project', () => {
    const tests = [
      test('one', 'failed'),
      test('two', 'failed'),
      test('one', 'failed', { project: 'postgres', file: 'b.test.ts' }),
      test('three', 'passed', { file: 'c.test.ts' }),
    ]
    expect(failedFiles(tests)).toEqual({ sqlite: ['a.test.ts'], postgres: ['b.test.ts'] })
    expect(mayTryAgain(tests)).toBe(true)
  })

  it('is for few files alone, and for none that is not known', () => {
    const failed = (count) =>
      Array.from({ length: count }, (_, n) => test('x', 'failed', { file: `${n}.test.ts` }))
    expect(mayTryAgain([test('one', 'passed')])).toBe(false)
    expect(mayTryAgain(failed(MOST_FILES_AGAIN))).toBe(true)
    expect(mayTryAgain(failed(MOST_FILES_AGAIN + 1))).toBe(false)
    expect(mayTryAgain([test('one', 'failed'), test(WHOLE_FILE, 'failed', { file: '' })])).toBe(false)
  })
})

const spec = (title, status, errors = []) => ({
  title,
  file: 'journeys/a.spec.ts',
  tests: [{ status, results: [{ errors: errors.map((message) => ({ message })) }] }],
})

describe('the report of Playwright', () => {
  const report = {
    suites: [
      {
        title: 'journeys/a.spec.ts',
        file: 'journeys/a.spec.ts',
        specs: [
          spec('one', 'expected'),
          spec('two', 'unexpected', ['\u001B[31mnot there\u001B[39m\n\n  at x']),
        ],
        suites: [
          {
            title: 'of the demo',
            file: 'journeys/a.spec.ts',
            specs: [spec('three', 'skipped'), spec('four', 'flaky')],
          },
        ],
      },
    ],
    errors: [{ message: 'no browser' }],
  }

  it('names each test with the groups that it is in', () => {
    expect(playwrightTests(report).map(({ name, state }) => [name, state])).toEqual([
      ['one', 'passed'],
      ['two', 'failed'],
      ['of the demo > three', 'skipped'],
      ['of the demo > four', 'failed'],
      [WHOLE_FILE, 'failed'],
    ])
  })

  it('gives the first lines of an error, without colours', () => {
    const two = playwrightTests(report).filter(({ name }) => name === 'two')
    expect(wordsFor(two)).toEqual([
      'failed: e2e journeys/a.spec.ts',
      '    two',
      '      not there',
      '        at x',
    ])
  })
})

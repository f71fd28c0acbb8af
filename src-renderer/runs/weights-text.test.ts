import { expect, test } from 'vitest'
import { readWeights } from './run-request.ts'

test('names and numbers, as on the command line or with a space, in any number', () => {
  expect(readWeights('Highest=1,High=2')).toEqual({ Highest: 1, High: 2 })
  expect(readWeights(' Service request 1.5 , Bug')).toEqual({ 'Service request': 1.5, Bug: 1 })
  expect(readWeights('P1 2')).toEqual({ P1: 2 })
  expect(readWeights('  ')).toBeUndefined()
})

test.each(['High=', '=2', 'High=-1', 'High,,Low', 'High 0, Low 0', 'High 1, high 2'])(
  '%s is not read',
  (text) => {
    expect(readWeights(text)).toBeNull()
  },
)

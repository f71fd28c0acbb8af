import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FILTER_NAMES, filterOf } from '../../src-shared/domain/ticket-filter.ts'
import { filterFromAddress, filterToAddress } from './filter-address.ts'

const anyFilter = fc
  .array(
    fc
      .record({
        field: fc.constantFrom(...FILTER_NAMES.filter((name) => name !== 'rehearsed')),
        value: fc.string({
          unit: fc.constantFrom('a', ',', '\\', '=', '!', ' ', 'ü', '\n'),
          maxLength: 6,
        }),
        isNot: fc.boolean(),
      })
      .filter(({ field, value }) => value !== '' || field === 'component' || field === 'label'),
    { minLength: 1, maxLength: 5 },
  )
  .map(filterOf)

test('a filter is the same after it was in an address, whatever its values hold', () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const params = new URLSearchParams({ only: filterToAddress(filter) })
      expect(filterFromAddress(new URLSearchParams(params.toString()).get('only') ?? '')).toEqual(filter)
    }),
  )
})

test.each([
  '',
  ',',
  'project',
  'project=',
  'colour=red',
  'project=OPS,',
  'project=OPS,x',
  'rehearsed=maybe',
  'rehearsed!=yes',
])('“%s” is none, or says what it says without its end', (text) => {
  expect(filterFromAddress(text)).toEqual(text === 'project=OPS,' ? { projects: ['OPS'] } : null)
})

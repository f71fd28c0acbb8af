import { expect, test } from 'vitest'
import { readExposition, valueOf } from './exposition.ts'

const FAMILY = '# HELP a_total Some.\n# TYPE a_total counter\n'

test('reads samples with their labels', () => {
  const families = readExposition(`${FAMILY}a_total{x="1",y="a \\"b\\" \\\\"} 3\na_total{x="2",y=""} 4\n`)
  expect(valueOf(families, 'a_total', { x: '1' })).toBe(3)
  expect(valueOf(families, 'a_total')).toBe(7)
})

test.each([
  ['no end of line', `${FAMILY}a_total 1`],
  ['no TYPE', '# HELP a_total Some.\na_total 1\n'],
  ['no HELP', '# TYPE a_total counter\na_total 1\n'],
  ['a sample of another family', `${FAMILY}b_total 1\n`],
  ['a sample twice', `${FAMILY}a_total 1\na_total 2\n`],
  ['a family twice', `${FAMILY}${FAMILY}`],
  ['no number', `${FAMILY}a_total one\n`],
  ['labels that are none', `${FAMILY}a_total{x=1} 1\n`],
  ['a label twice', `${FAMILY}a_total{x="1",x="2"} 1\n`],
  [
    'buckets that shrink',
    '# HELP h Some.\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
  ],
  ['buckets without an end', '# HELP h Some.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n'],
])('refuses %s', (_name, text) => {
  expect(() => readExposition(text)).toThrow(Error)
})

import { expect, test } from 'vitest'
import { noticesOf, packagesIn } from './notices.mjs'

const VITE = `# Licenses

The app bundles dependencies which contain the following licenses:

## glob - 14.0.6 (BlueOak-1.0.0)

# Blue Oak Model License

## Purpose

Freedom.

## pgpass - 1.0.5 (MIT)
`

test('packages are told apart by their versions, not by headings of a licence', () => {
  const packages = packagesIn(VITE)
  expect(packages.map(({ heading }) => heading)).toEqual([
    'glob - 14.0.6 (BlueOak-1.0.0)',
    'pgpass - 1.0.5 (MIT)',
  ])
  expect(packages[0].text).toContain('## Purpose')
})

test('each package is named once, in order, with its licence at least', () => {
  const text = noticesOf([
    ...packagesIn(VITE),
    ...packagesIn(VITE),
    { heading: 'Inter (the font)', text: 'OFL' },
  ])
  expect(text.match(/^## \S+ - /gm)).toHaveLength(2)
  expect(text.indexOf('## Inter')).toBeLessThan(text.indexOf('## pgpass'))
  expect(text).toContain('## pgpass - 1.0.5 (MIT)\n\nThe package has no text of its own.')
})

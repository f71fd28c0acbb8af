import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { projectFile } from '../runtime/project-files.ts'
import { SETTINGS, type Setting } from './settings-table.ts'

const NAMED = /`(-{2}[\w-]+|\w+)`/g

/** What the rows of the page's first table name: flags, variables and fields of config.json. */
function documented(): [flag: string, env: string, file: string][] {
  const rows = readFileSync(projectFile('docs/configuration.md'), 'utf8').matchAll(
    /^\|([^|]*)\|([^|]*)\|([^|]*)\|[^|]*\|$/gm,
  )
  const all = [...rows]
    .slice(2)
    .map(([, ...cells]) => cells.map((cell) => [...cell.matchAll(NAMED)].map(([, name = '']) => name)))
  return all.flatMap(([flags = [], env = [], file = []]) => {
    const count = Math.max(flags.length, env.length, file.length)
    return Array.from(
      { length: count },
      (_, at) => [flags[at] ?? '', env[at] ?? '', file[at] ?? ''] as [string, string, string],
    )
  })
}

test('docs/configuration.md has the flag, the variable and the field of each setting, and no other', () => {
  const settings = Object.entries<Setting>(SETTINGS).map(([name, { flag = '', env = '', file }]) => [
    flag.split(' ')[0],
    env,
    file === undefined ? '' : name,
  ])
  expect(new Set(documented())).toEqual(new Set(settings))
})

describe('a flag', () => {
  test.each(Object.entries<Setting>(SETTINGS).filter(([, { flag }]) => flag !== undefined))(
    '%s is found under the name that commander gives it',
    (name, { flag }) => {
      const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      expect(flag?.split(' ')[0]).toBe(`--${kebab}`)
    },
  )
})

test('what is secret is in no flag and no plain file but the store’s address, which is refused with a password', () => {
  const secrets = Object.entries<Setting>(SETTINGS).filter(([, { trust }]) => trust === 'secret')
  expect(
    secrets.filter(([, { flag, file }]) => flag !== undefined || file !== undefined).map(([name]) => name),
  ).toEqual(['store'])
})

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { KEYRING, lockedProject } from './natives.mjs'

const lock = JSON.parse(await readFile(path.join(import.meta.dirname, '../../package-lock.json'), 'utf8'))

test.each(Object.values(KEYRING))(
  '%s is fetched as package-lock.json has it, by version and hash',
  (name) => {
    const { version, integrity } = lock.packages[`node_modules/${name}`]
    const project = lockedProject(name, lock)
    expect(project['package.json'].dependencies).toEqual({ [name]: version })
    expect(integrity).toMatch(/^sha512-/)
    expect(project['package-lock.json'].packages[`node_modules/${name}`]).toMatchObject({
      version,
      integrity,
    })
  },
)

test('what the lock has no hash of is not fetched', () => {
  expect(() => lockedProject('left-pad', lock)).toThrow('package-lock.json has no hash of left-pad')
})

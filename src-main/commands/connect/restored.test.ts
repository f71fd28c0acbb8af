import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
beforeEach(() => void (cli = createCliFixture()))
afterEach(() => cli.close())

test('what a person says of a store is said by the next commands, whether they read or fetch', async () => {
  expect((await cli.run(['fetch-tickets'])).code).toBe(0)
  expect((await cli.run(['counts'])).stderr).not.toContain('backup')

  const said = await cli.run(['restored', '--json'])
  expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('tpm.sqlite') })
  for (const command of ['counts', 'fetch-tickets']) {
    const { code, stderr } = await cli.run([command, '--json'])
    expect(code).toBe(0)
    expect(stderr.match(/tpm\.sqlite was restored from a backup/g)).toHaveLength(1)
  }
})

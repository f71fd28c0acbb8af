import { expect, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { openSqliteStore } from '../../store/sqlite/store.ts'
import { createCliFixture } from '../../../test-support/commands/cli.ts'
import path from 'node:path'

test('the saved views, as a table and as JSON with all that each holds', async () => {
  const cli = createCliFixture({ TZ: 'UTC' })
  try {
    const none = await cli.run(['views'])
    expect(none.stdout).toContain('No view is saved yet.')
    const { site } = JSON.parse((await cli.run(['counts', '--json'])).stdout) as { site: string }
    const store = await openSqliteStore({ file: path.join(cli.dataDir, 'tpm.sqlite'), clock: machineClock })
    const state = { from: 'now-6h', to: 'now', interval: '5', project: 'OPS' }
    const saved = { revision: 'r', createdMs: Date.UTC(2026, 10, 24) }
    await store.saveView(site, { ...saved, name: 'Storms of OPS', state }, null)
    await store.saveView(site, { ...saved, name: 'Now', state: {} }, null)
    await store.close()
    expect((await cli.run(['views'])).stdout.split('\n')).toEqual([
      'view           from    to   bars        also',
      'Now            now-1h  now  as it fits',
      'Storms of OPS  now-6h  now  5 min       project OPS',
      '',
    ])
    expect(JSON.parse((await cli.run(['views', '--json'])).stdout)).toEqual({
      views: [
        { name: 'Now', created: '2026-11-24T00:00:00Z', state: {} },
        { name: 'Storms of OPS', created: '2026-11-24T00:00:00Z', state },
      ],
    })
  } finally {
    cli.close()
  }
})

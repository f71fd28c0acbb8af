import { expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { AUDITED_SITE, MINUTE, NOON, openAuditBench } from '../../test-support/audit/audit.ts'

const MIDNIGHT = NOON + 12 * 60 * MINUTE

test('what retention deleted is not called lost: its run and its time are not audited, and what is kept is', async () => {
  const bench = await openAuditBench({ deployment: 'cloud' })
  await bench.plan('aaaaaaaa', [{ atMs: 0 }])
  await bench.make('aaaaaaaa', 0)
  await bench.fetch()
  expect(await bench.audit.run('aaaaaaaa')).toMatchObject({ ok: true })
  await bench.store.keepFrom(MIDNIGHT)
  while ((await bench.store.deleteOld()).more);
  const refused = {
    code: 'not-found',
    message: expect.stringContaining('Retention deleted the tickets') as unknown,
  }
  await expect(bench.audit.run('aaaaaaaa')).rejects.toMatchObject(refused)
  const [noon, midnight] = [minuteOf(NOON), minuteOf(MIDNIGHT)]
  await expect(bench.audit.span({ fromMinute: noon, toMinute: midnight + 5 })).rejects.toMatchObject(refused)
  expect(await bench.audit.span({ fromMinute: midnight, toMinute: midnight + 5 })).toMatchObject({ ok: true })
  // The ledger is never deleted.
  expect(await bench.store.run(AUDITED_SITE, 'aaaaaaaa')).toMatchObject({ planned: 1 })
})

import { expect, test } from 'vitest'
import { openServedApp } from '../../../test-support/server/served-app.ts'

test('counts that are not in memory are counted as calls, those that are are not', async () => {
  const limits = { calls: { burst: 5, perSecond: 0.001 } }
  const served = await openServedApp({ limits, background: false })
  await served.app.opened()
  const token = await served.token('read')
  const nowMs = Date.now()
  const ask = async (hoursAgo: number): Promise<{ status: number; retryAfter: string | null }> => {
    const toMs = nowMs - hoursAgo * 3_600_000
    const { status, headers } = await fetch(`${served.url}/api/counts.get`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fromMs: toMs - 3_600_000, toMs, bucketMinutes: 1 }),
    })
    return { status, retryAfter: headers.get('retry-after') }
  }
  for (let times = 0; times < 20; times++) expect((await ask(0)).status).toBe(200)
  for (let hour = 1; hour < 5; hour++) expect((await ask(hour)).status).toBe(200)
  expect(await ask(5)).toEqual({ status: 429, retryAfter: expect.stringMatching(/^[1-9]/) as string })
  expect((await ask(0)).status).toBe(200)
})

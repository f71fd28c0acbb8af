import { expect, test } from 'vitest'
import type { AlertList } from '../../src-shared/contract/alerts/alerts.ts'
import { followAlerts } from './alert-notices.ts'

/** A list in which the alerts of these ids run, those of a drill in capitals. */
function listOf(...ids: string[]): AlertList {
  const [drilled = [], real = []] = [true, false].map((isDrill) =>
    ids.filter((id) => (id === id.toUpperCase()) === isDrill),
  )
  const rules = real.map((id) => ({ id: `rule ${id}`, standing: { phase: 'alerting', alert: { id } } }))
  return { rules, rehearsals: drilled.map((id) => ({ id })), away: null } as unknown as AlertList
}

function nobody(): void {}

function entryOf(id: string) {
  return {
    id,
    transitions: [{ message: { title: `Storm ${id}`, sentences: ['Many.', 'Since 14:02.'], address: id } }],
  }
}

test('what begins to ring, in a drill too, is said once; what rang before the window was opened is not', async () => {
  const said: string[] = []
  const asked: string[] = []
  let tell: (list: AlertList) => void = nobody
  const client = {
    call: async (method: string) => {
      asked.push(method)
      return method === 'alerts.list'
        ? listOf('a')
        : { alerts: ['D', 'c', 'b', 'a'].map(entryOf), more: false }
    },
    on: (_event: string, listener: typeof tell) => {
      tell = listener
      return () => {}
    },
  }
  let sounds = 0
  followAlerts(client as never, () => {}, {
    notify: (title, body) => said.push(`${title}: ${body}`),
    sound: () => (sounds += 1),
  })
  const lists = [listOf('a'), listOf('a', 'b'), listOf('a', 'b'), listOf(), listOf('b', 'D')]
  for (const list of lists) {
    tell(list)
    await new Promise((resolve) => setTimeout(resolve))
  }
  expect(said).toEqual(['Storm b: Many. Since 14:02.', 'Storm D: Many. Since 14:02.'])
  expect(sounds).toBe(2)
  expect(asked).toEqual(['alerts.list', 'alerts.history', 'alerts.history'])
})

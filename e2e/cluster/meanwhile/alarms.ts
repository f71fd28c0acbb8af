import type { AlertEntry } from '../../../src-shared/contract/alerts/alerts.ts'
import { openReceiver } from '../../../test-support/outputs/open-receiver.ts'
import { until } from '../until.ts'
import type { Viewer } from './viewer.ts'

/** The rule that has to ring: a past of the sandbox's alone does not, and a run of 60 reaches it in its middle. */
const RULE = { tickets: 30, minutes: 5 }

export type Alarms = Awaited<ReturnType<typeof openAlarms>>

/** A rule, and somebody who is told of its alarms by a webhook. */
export async function openAlarms(viewer: Viewer) {
  const receiver = await openReceiver()
  await viewer.call('alerts.add', {
    name: 'Storm',
    scope: {},
    condition: { kind: 'at-least', ...RULE },
  })
  await viewer.call('outputs.add', {
    name: 'On call',
    kind: 'webhook',
    url: receiver.url,
    allowPrivate: true,
  })
  const keysTaken = (): string[] => receiver.received.map(({ headers }) => String(headers['idempotency-key']))
  return {
    /** How many tickets its rule needs. */
    needs: RULE.tickets,
    /** When the alarm of a drill was first taken, epoch ms; null: not yet. */
    takenMs(runId: string): number | null {
      const found = receiver.received.find(({ body }) => {
        const { rehearsal, transition } = JSON.parse(body) as { rehearsal: string | null; transition: string }
        return rehearsal === runId && transition === 'started'
      })
      return found?.atMs ?? null
    },
    /**
     * Whether each drill has rung once, and what is real once, and all of it was told: each message under a key of its own,
     * a second time only where its sender died before it could write the answer down. Throws what is not so; gives a sentence.
     */
    async prove(runIds: readonly string[], signal: AbortSignal): Promise<string> {
      const alerts = await until(
        'every message of an alarm is sent',
        async () => {
          const found = (await viewer.call('alerts.history', { limit: 100 })).alerts
          return sendingsOf(found).every(({ state }) => state === 'sent') && found
        },
        { signal },
      )
      const rung = alerts.map(({ rehearsal }) => rehearsal ?? 'real').toSorted()
      const wanted = [...runIds, 'real'].toSorted()
      if (rung.join() !== wanted.join())
        throw new Error(`Alarms of ${rung.join()}, and not of ${wanted.join()}`)
      for (const { id, transitions } of alerts) {
        const kinds = transitions.map(({ kind }) => kind)
        if (new Set(kinds).size !== kinds.length || !kinds.includes('started'))
          throw new Error(`Alarm ${id} was told of as ${kinds.join()}`)
      }
      const keys = alerts.flatMap(({ transitions }) => transitions.map(({ message }) => keyOf(message)))
      const taken = keysTaken()
      if ([...new Set(taken)].toSorted().join() !== keys.toSorted().join())
        throw new Error(`Messages ${taken.join()} were taken, and not ${keys.join()}`)
      const repeats = taken.length - keys.length
      const unrecorded = sendingsOf(alerts).reduce((sum, sending) => sum + sending.unrecorded, 0)
      if (repeats > unrecorded) throw new Error(`${repeats} messages were sent again unasked`)
      const again =
        repeats === 0 ? '' : `, ${repeats} of them again under the same key by who followed a dead sender`
      return `${alerts.length} alarms rang once each and were told of by ${keys.length} messages${again}.`
    },
    close: () => receiver.close(),
  }
}

function keyOf({ alertId, key }: { readonly alertId: string; readonly key: string }): string {
  return `${alertId}/${key}`
}

function sendingsOf(alerts: readonly AlertEntry[]) {
  return alerts.flatMap(({ transitions }) => transitions.flatMap(({ sendings }) => sendings))
}

import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import type { StoredOutput } from '../../src-main/store/alerts/outputs.ts'
import { atEnd } from '../end.ts'
import { openReceiver, type Answer, type Receiver } from './open-receiver.ts'

/** As `openReceiver`; gone when the test ends. */
export async function startReceiver(first?: Answer): Promise<Receiver> {
  const receiver = await openReceiver(first)
  atEnd(() => receiver.close())
  return receiver
}

export function testOutput(id: string, parts: Partial<StoredOutput> = {}): StoredOutput {
  return {
    id,
    name: `Output ${id}`,
    kind: 'webhook',
    url: 'https://alerts.example.com/hook',
    needsSecret: false,
    allowPrivate: true,
    revision: `${id}-1`,
    createdMs: 1_000,
    ...parts,
  }
}

export function testMessage(alertId: string, parts: Partial<AlertMessage> = {}): AlertMessage {
  const transition = parts.transition ?? 'started'
  return {
    alertId,
    key: transition,
    transition,
    atMs: 1_767_225_600_000,
    rule: { id: 'r1', name: 'Storm', scope: {}, condition: { kind: 'at-least', tickets: 8, minutes: 5 } },
    site: 'example.atlassian.net',
    title: '31 High or Highest tickets since 14:02 (8 min)',
    sentences: [
      'Usual on a Tuesday at this hour: 9, seldom over 16.',
      'Chance does this less than once in 30 days.',
    ],
    numbers: {
      tickets: 31,
      fromMinute: 29_453_752,
      toMinute: 29_453_760,
      usual: 9,
      seldomOver: 16,
      peak: 31,
      onsetMs: 1_767_225_120_000,
    },
    address: 'from=2026-01-01T00:00Z&to=2026-01-01T01:00Z',
    rehearsal: null,
    ...parts,
  }
}

import { expect, test } from 'vitest'
import type { Output } from '../../../src-shared/contract/alerts/outputs.ts'
import { changedOutput, newOutput } from './output-fields.ts'

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

test('what is typed is an output; what is left empty is not said', () => {
  expect(
    newOutput(formOf({ kind: 'webhook', name: ' On call ', url: ' https://a.example ', secret: '' })),
  ).toEqual({ kind: 'webhook', name: 'On call', url: 'https://a.example' })
  expect(newOutput(formOf({ kind: 'slack', name: '', secret: 'https://hooks.slack.com/x' }))).toEqual({
    kind: 'slack',
    name: 'Slack',
    secret: 'https://hooks.slack.com/x',
  })
  const typed = formOf({
    kind: 'pagerduty',
    name: 'Duty',
    url: '',
    'is-elsewhere': 'on',
    'allow-private': 'on',
  })
  expect(newOutput(typed)).toEqual({
    kind: 'pagerduty',
    name: 'Duty',
    needsSecret: true,
    allowPrivate: true,
  })
})

test('a change keeps the secret that is not typed anew, and takes the allowance away', () => {
  const output = { id: 'o1', revision: 'r1' } as Output
  expect(changedOutput(output, formOf({ name: 'Night', url: 'https://b.example', secret: '' }))).toEqual({
    id: 'o1',
    seen: 'r1',
    name: 'Night',
    url: 'https://b.example',
    allowPrivate: false,
  })
  expect(changedOutput(output, formOf({ name: 'Night', secret: 'new' }))).toMatchObject({ secret: 'new' })
  // Of PagerDuty nothing is asked, and nothing is taken away.
  const duty = changedOutput({ ...output, kind: 'pagerduty' }, formOf({ name: 'Night' }))
  expect(duty).toEqual({ id: 'o1', seen: 'r1', name: 'Night' })
})

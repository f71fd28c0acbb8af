import { expect, test } from 'vitest'
import { checkOutput } from './target.ts'

type Draft = Parameters<typeof checkOutput>[0]

function check(draft: Partial<Draft> & Pick<Draft, 'kind'>) {
  return checkOutput({
    url: undefined,
    secret: undefined,
    needsSecret: undefined,
    allowPrivate: false,
    ...draft,
  })
}

test.each<[string, Partial<Draft> & Pick<Draft, 'kind'>, ReturnType<typeof check>]>([
  [
    'a webhook',
    { kind: 'webhook', url: 'https://a.test/h?x=1' },
    { url: 'https://a.test/h?x=1', needsSecret: false },
  ],
  [
    'a signed one, by plain http',
    { kind: 'webhook', url: 'http://a.test', secret: 'k' },
    { url: 'http://a.test', needsSecret: true },
  ],
  [
    'Slack, by the address that it gave',
    { kind: 'slack', secret: 'https://hooks.slack.com/services/T/B/X' },
    { url: 'https://hooks.slack.com', needsSecret: true },
  ],
  [
    'Slack, whose address another instance has',
    { kind: 'slack' },
    { url: 'https://hooks.slack.com', needsSecret: true },
  ],
  [
    'Teams',
    { kind: 'teams', secret: 'https://x.logic.azure.com:443/workflows/1?sig=s' },
    { url: 'https://x.logic.azure.com', needsSecret: true },
  ],
  [
    'PagerDuty',
    { kind: 'pagerduty', secret: 'key' },
    { url: 'https://events.pagerduty.com', needsSecret: true },
  ],
  [
    'PagerDuty in Europe',
    { kind: 'pagerduty', url: 'https://events.eu.pagerduty.com', secret: 'key' },
    { url: 'https://events.eu.pagerduty.com', needsSecret: true },
  ],
  [
    'an Alertmanager next door',
    { kind: 'alertmanager', url: 'http://127.0.0.1:9093', allowPrivate: true },
    { url: 'http://127.0.0.1:9093', needsSecret: false },
  ],
  [
    'an Alertmanager with a log-in, which is not in what is shown',
    { kind: 'alertmanager', secret: 'https://ops:pass@am.test/prefix' },
    { url: 'https://am.test/prefix', needsSecret: true },
  ],
])('%s is taken', (_what, draft, checked) => {
  expect(check(draft)).toEqual(checked)
})

test.each<[string, Partial<Draft> & Pick<Draft, 'kind'>, RegExp]>([
  ['no address', { kind: 'webhook' }, /no address/],
  ['a file', { kind: 'webhook', url: 'file:///etc/passwd' }, /https:\/\//],
  ['a user in the address', { kind: 'webhook', url: 'https://me:secret-word@a.test' }, /password/],
  ['this machine', { kind: 'webhook', url: 'http://localhost:9093' }, /this machine/],
  ['this machine in other words', { kind: 'webhook', url: 'http://0x7f.1/' }, /this machine/],
  ['this machine by IPv6', { kind: 'webhook', url: 'http://[::ffff:127.0.0.1]/' }, /this machine/],
  ['a private network', { kind: 'webhook', url: 'https://192.168.1.1' }, /private/],
  [
    'the metadata of a cloud, even where private is allowed',
    { kind: 'webhook', url: 'http://169.254.169.254/latest', allowPrivate: true },
    /no address of a server/,
  ],
  ['a secret by plain http', { kind: 'slack', secret: 'http://hooks.slack.test/secret-word' }, /http:\/\//],
  [
    'a key for PagerDuty sent elsewhere',
    { kind: 'pagerduty', url: 'https://pager.test', secret: 'secret-word' },
    /PagerDuty/,
  ],
  [
    'a secret that is no address',
    { kind: 'teams', url: 'https://a.test', secret: 'secret-word' },
    /no address/,
  ],
  [
    'a secret of another server',
    { kind: 'teams', url: 'https://a.test', secret: 'https://b.test/secret-word' },
    /another server/,
  ],
])('%s is refused, without a secret in the sentence', (_what, draft, reason) => {
  expect(() => check(draft)).toThrow(reason)
  expect(() => check(draft)).not.toThrow(/secret-word/)
})

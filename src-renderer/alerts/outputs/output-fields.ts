import type { Output, OutputKind } from '../../../src-shared/contract/alerts/outputs.ts'
import type { Params } from '../../../src-shared/contract/methods.ts'

interface KindTexts {
  readonly label: string
  /** Whether its address is typed: `public`, or may be left out; `secret` where all of it is the secret. */
  readonly address: 'public' | 'preset' | 'secret'
  readonly addressHint?: string
  readonly secret: string
  readonly secretHint?: string
  /** Nothing is sent to it without one. */
  readonly needsSecret: boolean
}

/** What each kind of output is given. */
export const OUTPUT_KINDS: Readonly<Record<OutputKind, KindTexts>> = {
  webhook: {
    label: 'Webhook',
    address: 'public',
    secret: 'Key that signs',
    secretHint: 'Left empty, messages are not signed.',
    needsSecret: false,
  },
  slack: { label: 'Slack', address: 'secret', secret: 'Whole address that Slack gave', needsSecret: true },
  teams: { label: 'Teams', address: 'secret', secret: 'Whole address that Teams gave', needsSecret: true },
  alertmanager: {
    label: 'Alertmanager',
    address: 'public',
    secret: 'Address with user and password',
    secretHint: 'Only where it wants a log-in: https://user:password@host.',
    needsSecret: false,
  },
  pagerduty: {
    label: 'PagerDuty',
    address: 'preset',
    addressHint: 'Left empty: https://events.pagerduty.com. In Europe https://events.eu.pagerduty.com.',
    secret: 'Integration’s key',
    needsSecret: true,
  },
}

/** The names of the form’s fields. */
export const FIELD = {
  kind: 'kind',
  name: 'name',
  url: 'url',
  secret: 'secret',
  /** Its secret is in the environment of what sends. */
  isElsewhere: 'is-elsewhere',
  allowPrivate: 'allow-private',
}

export function isOutputKind(text: string): text is OutputKind {
  return Object.hasOwn(OUTPUT_KINDS, text)
}

/** The output that a form asks for. */
export function newOutput(form: FormData): Params<'outputs.add'> {
  const chosen = textIn(form, FIELD.kind)
  const kind = isOutputKind(chosen) ? chosen : 'webhook'
  const secret = textIn(form, FIELD.secret)
  return {
    kind,
    name: textIn(form, FIELD.name) || OUTPUT_KINDS[kind].label,
    ...addressIn(form),
    ...(secret !== '' && { secret }),
    ...(form.has(FIELD.isElsewhere) && { needsSecret: true }),
    ...(form.has(FIELD.allowPrivate) && { allowPrivate: true }),
  }
}

/** What a form changes of an output; an empty secret is the one that it has. */
export function changedOutput({ id, revision, kind }: Output, form: FormData): Params<'outputs.change'> {
  const secret = textIn(form, FIELD.secret)
  return {
    id,
    seen: revision,
    name: textIn(form, FIELD.name),
    ...addressIn(form),
    ...(secret !== '' && { secret }),
    // PagerDuty is where it is: nothing is asked.
    ...(kind !== 'pagerduty' && { allowPrivate: form.has(FIELD.allowPrivate) }),
  }
}

function addressIn(form: FormData): { url?: string } {
  const url = textIn(form, FIELD.url)
  return url === '' ? {} : { url }
}

function textIn(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

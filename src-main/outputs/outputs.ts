import { randomUUID } from 'node:crypto'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Output, OutputDelivery, Outputs } from '../../src-shared/contract/alerts/outputs.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import type { Params, Result } from '../../src-shared/contract/methods.ts'
import { AppError, nothingChanged, nothingDone, nothingSent } from '../../src-shared/errors/app-error.ts'
import { outputVariable } from '../config/output-secrets.ts'
import type { EngineHandlers } from '../app/engine.ts'
import { publishKept } from '../live/publish-kept.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { keptElsewhere, noSuchOutput } from '../store/errors.ts'
import { waitingState } from '../store/alerts/outbox.ts'
import type { OutputState, StoredOutput } from '../store/alerts/outputs.ts'
import type { OutputStore, StoreConnection } from '../store/store.ts'
import type { OutputSecrets } from './output-secrets.ts'
import { requestOf } from './requests.ts'
import type { OutAnswer, Sender } from './send.ts'
import { checkOutput } from './target.ts'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'

export interface OutputsParts {
  readonly store: OutputStore & Pick<StoreConnection, 'onCommit'>
  readonly siteId: string
  /** The site, for a person. */
  readonly siteLabel: string
  readonly secrets: OutputSecrets
  readonly sender: Sender
  readonly clock: Clock
  /** Whether the store stands in for the one that is set, which has the outputs. */
  readonly isFallback: boolean
  readonly signal: AbortSignal
}

/** Lists, adds, changes, removes and tests outputs. */
export function createOutputHandlers(parts: OutputsParts) {
  const { store, siteId, secrets, clock, isFallback, signal } = parts

  const found = async (id: string): Promise<OutputState> => {
    const there = (await store.outputs(siteId)).find((output) => output.id === id)
    if (there !== undefined) return there
    throw noSuchOutput(id)
  }
  const shown = async (id: string): Promise<Output> => outputOf(await found(id), secrets, signal)

  return {
    'outputs.list': async () => ({ outputs: isFallback ? [] : (await listOutputs(parts)).outputs }),
    'outputs.add': async (asked) => {
      if (isFallback) throw keptElsewhere('Outputs')
      const { secret, kind, allowPrivate = false } = asked
      const checked = checkOutput({
        kind,
        url: asked.url,
        secret,
        needsSecret: asked.needsSecret,
        allowPrivate,
      })
      const made = { id: randomUUID(), revision: randomUUID(), createdMs: clock.now() }
      const output = { ...made, name: nameOf(asked.name), kind, allowPrivate, ...checked }
      await withSecret(secrets, output, secret, signal, () => store.addOutput(siteId, output))
      return shown(output.id)
    },
    'outputs.change': async ({ id, seen, secret, ...asked }) => {
      if (isFallback) throw keptElsewhere('Outputs')
      const output = changed(await found(id), { secret, ...asked })
      await withSecret(secrets, output, secret, signal, () => store.changeOutput(siteId, output, seen))
      return shown(id)
    },
    'outputs.remove': async ({ id }) => {
      if (isFallback) throw keptElsewhere('Outputs')
      const output = (await store.outputs(siteId)).find((one) => one.id === id)
      const removed = await store.removeOutput(siteId, id)
      return { removed, secret: removed && output !== undefined ? await forgotten(parts, output) : 'none' }
    },
    'outputs.test': async ({ id }, left) => {
      if (isFallback) throw keptElsewhere('Outputs')
      return test(parts, await found(id), left === undefined ? signal : AbortSignal.any([signal, left]))
    },
  } satisfies Partial<EngineHandlers>
}

function nameOf(typed: string): string {
  const name = typed.trim().normalize()
  if (name === '') throw nothingChanged('usage', 'The output has no name.', 'Type one.')
  return name
}

type Asked = Omit<Params<'outputs.change'>, 'id' | 'seen' | 'secret'> & {
  readonly secret: string | undefined
}

/** An output that was changed as asked. Throws `usage`. */
function changed({ id, kind, createdMs, ...before }: StoredOutput, asked: Asked): StoredOutput {
  const { secret, allowPrivate = before.allowPrivate, needsSecret = before.needsSecret } = asked
  const url =
    asked.url ?? (secret === undefined || kind === 'webhook' || kind === 'pagerduty' ? before.url : undefined)
  const checked = checkOutput({ kind, url, secret, needsSecret, allowPrivate })
  const name = asked.name === undefined ? before.name : nameOf(asked.name)
  return { id, kind, createdMs, name, allowPrivate, revision: randomUUID(), ...checked }
}

/** Forgets the secret of an output that is gone, as far as it is here. */
async function forgotten(
  { secrets, signal }: Pick<OutputsParts, 'secrets' | 'signal'>,
  output: StoredOutput,
): Promise<Result<'outputs.remove'>['secret']> {
  if (!output.needsSecret) return 'none'
  const found = await secrets.find(output, signal)
  try {
    if (await secrets.forget(output.id, signal)) return 'forgotten'
    return found.in === 'environment' ? 'environment' : 'elsewhere'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return 'refused'
  }
}

/** Keeps the secret, then writes the rest; where that fails, the keychain has what it had before. */
async function withSecret(
  secrets: OutputSecrets,
  output: StoredOutput,
  secret: string | undefined,
  signal: AbortSignal,
  write: () => Promise<void>,
): Promise<void> {
  if (secret === undefined) return write()
  const former = await secrets.find(output, signal)
  await secrets.keep(output.id, secret, signal).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'secrets-unavailable'
      ? noKeychain(error, output.name)
      : error
  })
  try {
    await write()
  } catch (error) {
    const undone =
      former.in === 'kept'
        ? secrets.keep(output.id, former.secret, signal)
        : secrets.forget(output.id, signal)
    // What a keychain that locked itself meanwhile has of it is of no output, or is asked for again.
    await undone.catch(() => {})
    throw error
  }
}

function noKeychain(error: AppError, name: string): AppError {
  return nothingChanged(
    error.code,
    error.what,
    `Without a keychain, add it without its secret, and set ${outputVariable(name)} (or ${outputVariable(name)}_FILE) in the environment of the program that sends.`,
    error,
  )
}

/** Sends a message that says that it is a test. Throws `not-configured` where its secret is not here. */
async function test(
  { store, siteId, siteLabel, secrets, sender, clock }: OutputsParts,
  output: StoredOutput,
  signal: AbortSignal,
) {
  const { secret } = output.needsSecret ? await secrets.find(output, signal) : { secret: null }
  if (output.needsSecret && secret === null) throw noSecretHere(output)
  const beganMs = elapsedMs(clock)
  const send = (message: AlertMessage): Promise<OutAnswer | null> => {
    const request = requestOf({ output, secret, message, link: null, nowMs: clock.now() })
    return sender.send(request, { allowPrivate: output.allowPrivate, mayLeave: () => true, signal })
  }
  const message = testMessage(output, siteLabel, clock.now())
  const answer = await send(message)
  if (answer === null) throw nothingDone('cancelled', 'The test was given up.')
  // Where it rings somebody's bell, it does not go on ringing.
  if (answer.taken && output.kind === 'pagerduty')
    await send({ ...message, key: 'resolved', transition: 'resolved' })
  const came = { taken: answer.taken, answer: answer.answer }
  await store.noteTest(siteId, output.id, came)
  return { ...came, tookMs: elapsedMs(clock) - beganMs }
}

function testMessage({ id, name }: StoredOutput, site: string, nowMs: number): AlertMessage {
  const minute = minuteOf(nowMs)
  return {
    alertId: `test-${randomUUID()}`,
    key: 'started',
    transition: 'started',
    atMs: nowMs,
    rule: { id, name: 'Test', scope: {}, condition: { kind: 'at-least', tickets: 1, minutes: 5 } },
    site,
    title: `Test of the output “${name}”`,
    sentences: ['Somebody tests whether alerts of Jira TPM arrive here. Nothing is wrong.'],
    numbers: {
      tickets: 0,
      fromMinute: minute - 5,
      toMinute: minute,
      usual: null,
      seldomOver: null,
      peak: 0,
      onsetMs: nowMs,
    },
    address: '',
    rehearsal: null,
  }
}

function noSecretHere({ name }: StoredOutput): AppError {
  const variable = outputVariable(name)
  return nothingSent(
    'not-configured',
    `The secret of the output “${name}” is not here.`,
    `Test it where it is, or give it: into the keychain by changing the output (jira-tpm alerts outputs change --secret), or as ${variable} (or ${variable}_FILE) in the environment.`,
  )
}

async function listOutputs({
  store,
  siteId,
  secrets,
  signal,
}: Omit<OutputsParts, 'siteLabel'>): Promise<Outputs> {
  const states = await store.outputs(siteId)
  return { outputs: await Promise.all(states.map((state) => outputOf(state, secrets, signal))) }
}

async function outputOf(state: OutputState, secrets: OutputSecrets, signal: AbortSignal): Promise<Output> {
  const { id, name, kind, url, needsSecret, allowPrivate, revision, createdMs } = state
  const secretIn = needsSecret ? (await secrets.find(state, signal)).in : 'none'
  const plain = { id, name, kind, url, needsSecret, allowPrivate, revision, createdMs }
  return { ...plain, secretIn, delivery: deliveryOf(state) }
}

function deliveryOf(state: OutputState): OutputDelivery {
  const { waiting, givenUp, nextTryMs, lastSentMs, last } = state
  return {
    state: waiting === 0 ? 'idle' : waitingState(state),
    waiting,
    givenUp,
    nextTryMs,
    lastSentMs,
    last,
  }
}

type FollowedOutputs = OutputsParts & {
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes the outputs whenever one changed or something came of sending to it, until the signal's abort. */
export function followOutputs(parts: FollowedOutputs): void {
  const read = (): Promise<Outputs> => listOutputs(parts)
  const publish = (outputs: Outputs): void => parts.hub.publish('outputs.changed', outputs)
  publishKept({ ...parts, kinds: ['outputs'], name: 'outputs', read, publish }, parts.signal)
}

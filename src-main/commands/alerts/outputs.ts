import type { Client } from '../../../src-shared/contract/client.ts'
import type { Output } from '../../../src-shared/contract/alerts/outputs.ts'
import { removedOutputText } from '../../../src-shared/domain/usual/alert-text.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { nothingChanged } from '../../../src-shared/errors/app-error.ts'
import { textTable } from '../../print/text-table.ts'
import type { ADD_OUTPUT, CHANGE_OUTPUT, NAMED_OUTPUT } from '../alert-commands.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT } from '../cli/io.ts'
import { askOutputSecret } from '../connect/connect-questions.ts'

const SECRETS: Record<Output['kind'], string> = {
  webhook: 'The key that signs its messages',
  slack: 'The whole address that Slack gave',
  teams: 'The whole address that Teams gave',
  alertmanager: 'Its address with user and password in it, where it wants a log-in',
  pagerduty: 'The integration’s key',
}

export async function listOutputs(call: CommandCall<'primary-core'>): Promise<void> {
  const { io, open, print } = call
  await open(call.config(), async ({ client }) => {
    const { outputs } = await client.call('outputs.list', {})
    print({ outputs: outputs.map(outputDocument) }, outputsText(outputs, io.stdoutIsTTY ? io.columns : null))
  })
}

function outputsText(outputs: readonly Output[], columns: number | null): string {
  if (outputs.length === 0) return 'Alerts are sent nowhere yet. jira-tpm alerts outputs add adds an output.'
  const { lines } = textTable(
    outputs,
    [
      { title: 'output', of: ({ name }) => name },
      { title: 'kind', of: ({ kind }) => kind },
      { title: 'sending', of: sendingText },
      { title: 'last answer', giveUp: 1, of: ({ delivery }) => delivery.last?.answer ?? '' },
      { title: 'address', giveUp: 2, of: ({ url }) => url },
    ],
    columns,
  )
  return lines.join('\n')
}

function sendingText({ delivery: { state, waiting, givenUp, last } }: Output): string {
  const lost = givenUp === 0 ? '' : `, ${givenUp} given up`
  if (state === 'no-holder') return `${waiting} wait for a program that has its secret${lost}`
  if (state === 'retrying') return `${waiting} wait, the last try failed${lost}`
  if (waiting > 0) return `${waiting} to be sent${lost}`
  return `${last === null ? 'nothing yet' : last.taken ? 'works' : 'the last try failed'}${lost}`
}

function at(ms: number | null): string | null {
  return ms === null ? null : isoInstant(ms)
}

function outputDocument({ createdMs, delivery, ...output }: Output): unknown {
  const { nextTryMs, lastSentMs, last, ...rest } = delivery
  return {
    ...output,
    created: isoInstant(createdMs),
    delivery: {
      ...rest,
      nextTry: at(nextTryMs),
      lastSent: at(lastSentMs),
      last: last && { at: isoInstant(last.atMs), taken: last.taken, answer: last.answer },
    },
  }
}

export async function addOutput(call: CommandCall<'primary-core', typeof ADD_OUTPUT>): Promise<void> {
  const { io, options, open, print } = call
  const { kind, name = kind, url, needsSecret, allowPrivate } = options
  await open(call.config(), async ({ client }) => {
    const asks = needsSecret !== true || options.secretStdin === true
    const secret = asks ? await askOutputSecret(io, SECRETS[kind], options.secretStdin) : null
    const output = await client.call('outputs.add', {
      name,
      kind,
      ...(url !== undefined && { url }),
      ...(secret !== null && { secret }),
      ...(needsSecret !== undefined && { needsSecret }),
      ...(allowPrivate !== undefined && { allowPrivate }),
    })
    print(outputDocument(output), addedText(output))
  })
}

function addedText({ name, url, needsSecret, secretIn }: Output): string {
  const lacks = needsSecret && (secretIn === 'none' || secretIn === 'unknown')
  const rest = lacks
    ? 'Its secret is not here: it is sent by a program that has it.'
    : `jira-tpm alerts outputs test ${JSON.stringify(name)} tries it.`
  return `Alerts are sent to “${name}” (${url}) from now on. ${rest}`
}

export async function changeOutput(call: CommandCall<'primary-core', typeof CHANGE_OUTPUT>): Promise<void> {
  const { io, options, open, print } = call
  const { name, url, secret: isAsked, secretStdin, allowPrivate } = options
  const isNewSecret = isAsked === true || secretStdin === true
  if (name === undefined && url === undefined && !isNewSecret && allowPrivate === undefined)
    throw nothingChanged(
      'usage',
      'It is not said what is to be changed.',
      'Give one or more of --name, --url, --secret (or --secret-stdin) and --allow-private.',
    )
  await open(call.config(), async ({ client }) => {
    const { id, revision: seen, kind } = await outputCalled(client, options.output)
    const secret = isNewSecret ? await askOutputSecret(io, SECRETS[kind], secretStdin) : null
    if (isNewSecret && secret === null)
      throw nothingChanged('usage', 'No secret was given.', 'Type it, or give it with --secret-stdin.')
    const output = await client.call('outputs.change', {
      id,
      seen,
      ...(name !== undefined && { name }),
      ...(url !== undefined && { url }),
      ...(secret !== null && { secret }),
      ...(allowPrivate !== undefined && { allowPrivate }),
    })
    print(outputDocument(output), addedText(output))
  })
}

export async function testOutput(call: CommandCall<'primary-core', typeof NAMED_OUTPUT>): Promise<void> {
  await call.open(call.config(), async ({ client }) => {
    const { id, name } = await outputCalled(client, call.options.output)
    const came = await client.call('outputs.test', { id })
    call.print(came, `“${name}” ${came.taken ? 'took' : 'did not take'} the test: ${came.answer}`)
    if (!came.taken) call.exitWith(EXIT.failed)
  })
}

export async function removeOutput(call: CommandCall<'primary-core', typeof NAMED_OUTPUT>): Promise<void> {
  await call.open(call.config(), async ({ client }) => {
    const { id, name } = await outputCalled(client, call.options.output)
    const result = await client.call('outputs.remove', { id })
    call.print(result, removedOutputText(name, result.secret))
  })
}

async function outputCalled(client: Pick<Client, 'call'>, called: string): Promise<Output> {
  const { outputs } = await client.call('outputs.list', {})
  const found = outputs.find(({ id, name }) => id === called || name === called)
  if (found !== undefined) return found
  const names = outputs.map(({ name }) => `“${name}”`).join(', ')
  throw nothingChanged(
    'not-found',
    `There is no output ${called}.`,
    names === '' ? 'There are none yet.' : `There are ${names}.`,
  )
}

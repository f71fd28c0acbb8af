import { text as readAll } from 'node:stream/consumers'
import { multiselect, password } from '@clack/prompts'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { PreflightChoices, Settings, WatchChoice } from '../../../src-shared/contract/settings.ts'
import { plainText } from '../../../src-shared/domain/text/plain-text.ts'
import { isDay } from '../../../src-shared/domain/token-expiry.ts'
import { AppError, nothingChanged } from '../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { answered, answerTo, askText, choose, type AnswerChoice } from '../cli/ask.ts'
import { say, type CliIo } from '../cli/io.ts'
import type { ConnectDraft } from './connect.ts'

/** What the last question said is what did not happen, whichever it was. */
const UNANSWERED = ['The question was not answered.', 'Nothing was changed.'] as const

/** Asks for the account's address; null for Data Center, where the token says whose it is. */
async function askUser(io: CliIo, isCloud: boolean): Promise<string | null> {
  const message = isCloud
    ? 'E-mail address of the account'
    : 'E-mail address of the account (Enter for Data Center, where the token is enough)'
  const check = (typed: string): string | null =>
    isCloud && typed === '' ? 'Jira Cloud wants it with the token.' : null
  return (await answered(askText(io, message, { check }), ...UNANSWERED)) || null
}

function dayFault(typed: string): string | null {
  return typed === '' || isDay(typed) ? null : 'Write it as 2027-01-31.'
}

/** Until when the token works, which no Jira says; null where the person does not know. A kept token keeps its day. */
async function tokenExpiry(io: CliIo, token: string | null, kept: string | null): Promise<string | null> {
  if (token === null) return kept
  if (!io.isTTY) return null
  const message = 'Last day on which the token works, to be warned in time (Enter: not known)'
  return (
    (await answered(askText(io, message, { placeholder: '2027-01-31', check: dayFault }), ...UNANSWERED)) ||
    null
  )
}

/** Asks which of several projects is watched; null for every one. */
export async function askProject(io: CliIo, projects: PreflightChoices['projects']): Promise<string | null> {
  const every = { value: '', label: 'Every one', hint: `${projects.length} projects` }
  const choices = [every, ...projectChoices(projects)]
  return (await answered(choose(io, 'Which project is watched?', choices), ...UNANSWERED)) || null
}

/** Jira's names, which others wrote, in plain letters. */
export function projectChoices(projects: PreflightChoices['projects']): AnswerChoice<string>[] {
  return projects.map(({ key, name }) => ({ value: key, label: plainText(key), hint: plainText(name) }))
}

/** Asks what is watched, where the names do not decide it. */
export async function askWatch(io: CliIo, fields: PreflightChoices['fields']): Promise<WatchChoice> {
  const fieldChoices = fields.map(({ field }) => ({ value: field.id, label: plainText(field.name) }))
  const fieldId =
    fields.length === 1
      ? fields[0]?.field.id
      : await answered(choose(io, 'Which field says how urgent a ticket is?', fieldChoices), ...UNANSWERED)
  const found = fields.find(({ field }) => field.id === fieldId)
  if (found === undefined) throw new Error('a choice without fields')
  const message = `Which values of ${plainText(found.field.name)} are watched?`
  const options = found.values.map(({ id, name }) => ({ value: id, label: plainText(name) }))
  const answer = answerTo(io, (terminal) => multiselect({ message, options, required: true, ...terminal }))
  const ids = await answered(answer, ...UNANSWERED)
  return { field: found.field, ids }
}

/** What the command line said; the rest is asked for. */
export interface GivenConnection {
  /** In the one form that we use. */
  readonly url: string
  /** A whole path. */
  readonly caFile: string | null
  readonly user?: string
  readonly project?: string | undefined
  readonly tokenStdin?: boolean
  readonly tokenExpires?: string
  readonly watch?: string
  readonly watchField?: string
}

/** What is asked for before Jira is: who, the token, and its last day. */
export async function connectDraft(io: CliIo, client: Client, given: GivenConnection): Promise<ConnectDraft> {
  const { url, caFile, project = null } = given
  const settings = await client.call('settings.get', {})
  const { jira, tokenIn, secrets } = settings
  refuseNoKeychain(settings, given)
  const user = given.user?.trim() || (io.isTTY ? await askUser(io, isCloudUrl(url)) : null)
  const kept = tokenIn !== 'none' && jira?.url === url && jira.user === user
  // Reported before anybody types a token; one that only waits for its password may yet take it.
  if (!kept && secrets.isLocked === true && secrets.problem !== null) say(io, secrets.problem)
  const token = await askToken(io, given.tokenStdin === true, kept)
  const keptExpiry = kept ? (jira?.tokenExpiresOn ?? null) : null
  const tokenExpiresOn = given.tokenExpires ?? (await tokenExpiry(io, token, keptExpiry))
  return { url, user, token, tokenExpiresOn, projectKey: project, caFile }
}

/** Before anybody is asked, or types a token that could be kept nowhere: what a server has in place of a keychain. */
function refuseNoKeychain({ jira, tokenIn, secrets }: Settings, given: GivenConnection): void {
  const { url, user, project, caFile, watch, watchField } = given
  const mayBeKept =
    tokenIn !== 'none' && jira?.url === url && (user === undefined || jira.user === user.trim())
  if (secrets.problem === null || secrets.isLocked === true || mayBeKept) return
  const lines = [
    `JIRA_URL=${url}`,
    ...(user?.trim() || isCloudUrl(url) ? [`JIRA_USER=${user?.trim() || 'you@example.com'}`] : []),
    'JIRA_API_KEY=the token (or JIRA_API_KEY_FILE=a file that holds it)',
    ...(project === undefined ? [] : [`JIRA_PROJECT=${project}`]),
    ...(caFile === null ? [] : [`JIRA_CA_FILE=${caFile}`]),
    ...(watchField === undefined ? [] : [`JIRA_WATCH_FIELD=${watchField}`]),
    `JIRA_WATCH=${watch ?? 'High,Highest'}`,
  ]
  throw new AppError('secrets-unavailable', 'Not connected.', {
    consequence: secrets.problem,
    hint: `For this Jira:\n${lines.map((line) => `  ${line}`).join('\n')}\nThen jira-tpm doctor tries all of it.`,
  })
}

/** An address that is surely Cloud's; Cloud can have others too. */
export function isCloudUrl(url: string): boolean {
  return new URL(url).hostname.endsWith('.atlassian.net')
}

/**
 * The token as the person gives it, never as an argument, which every process on the machine can read: typed unseen on
 * a terminal, or the first line of stdin. Null for the one that is kept. Throws `usage` where none can come.
 */
async function askToken(io: CliIo, fromStdin: boolean, kept: boolean): Promise<string | null> {
  if (fromStdin) return (await secretFromStdin(io, 'token')).trim()
  if (io.isTTY) {
    const message = kept
      ? 'API token (Enter: the one that is kept)'
      : 'API token, or personal access token of Data Center'
    const check = (typed: string): string | undefined =>
      typed.trim() || kept ? undefined : 'A token is needed.'
    return (await askUnseen(io, message, 'token', check)).trim() || null
  }
  if (kept) return null
  throw nothingChanged(
    'usage',
    'There is no terminal to ask for the token at.',
    'Give it on stdin: jira-tpm connect URL --token-stdin < FILE',
  )
}

/**
 * The password of a store, as `askToken` asks for a token. Null for the one that is kept, or none. Throws `usage` or
 * `cancelled`.
 */
export async function askPassword(
  io: CliIo,
  store: PostgresConfig,
  fromStdin = false,
): Promise<string | null> {
  if (fromStdin) return secretFromStdin(io, 'password')
  // Many servers want none of who is on their machine; one that does says so.
  if (!io.isTTY) return null
  const message = `Password of ${store.user} for ${storeLabel(store)} (Enter: the one that is kept, or none)`
  return (await askUnseen(io, message, 'password')) || null
}

/** The secret of an output of alerts, as `askToken` asks for a token. Null for none. Throws `usage` or `cancelled`. */
export async function askOutputSecret(io: CliIo, what: string, fromStdin = false): Promise<string | null> {
  if (fromStdin) return (await secretFromStdin(io, 'secret')).trim()
  if (!io.isTTY) return null
  return (await askUnseen(io, `${what} (Enter: none here)`, 'secret')).trim() || null
}

/** The one-time code of a sign-in, as `askToken` asks for a token. Throws `usage` or `cancelled`. */
export async function askCode(io: CliIo, server: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await secretFromStdin(io, 'code')).trim()
  if (io.isTTY) {
    return askUnseen(io, `One-time code for ${server}, or the link that has it`, 'code', needsCode)
  }
  throw nothingChanged(
    'usage',
    'There is no terminal to ask for the code at.',
    'Give it by --code, or on stdin: jira-tpm login URL --code-stdin < FILE',
  )
}

function needsCode(typed: string): string | undefined {
  return typed.trim() ? undefined : 'A code is needed.'
}

async function askUnseen(
  io: CliIo,
  message: string,
  what: 'token' | 'password' | 'secret' | 'code',
  check: (typed: string) => string | undefined = () => undefined,
): Promise<string> {
  const validate = (typed: string | undefined): string | undefined => check(typed ?? '')
  const typed: string | undefined = await answered(
    answerTo(io, (terminal) => password({ message, validate, ...terminal })),
    `No ${what} was given.`,
    'Nothing was changed.',
  )
  // `undefined` is what the prompt gives for an empty line.
  return typed ?? ''
}

/** The first line of stdin, which is where a script gives a secret. Throws `usage` where it is empty. */
async function secretFromStdin(io: CliIo, what: 'token' | 'password' | 'secret' | 'code'): Promise<string> {
  const line = (await readAll(io.stdin)).split(/\r?\n/)[0] ?? ''
  if (line.trim() !== '') return line
  throw nothingChanged('usage', `No ${what} came on stdin.`, 'Write it there as the first line.')
}

import { randomBytes } from 'node:crypto'
import { nothingSent } from '../../../src-shared/errors/app-error.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { createStoreAccess } from '../../app/store-access.ts'
import type { Config } from '../../config/config.ts'
import { readHooksAddress } from '../../config/server-config.ts'
import { INTERACTIVE_POLICY } from '../../jira/open-jira.ts'
import type { WebhookRegistration } from '../../jira/jira.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { hooksOwner, resolveHooksSecret, type Secrets } from '../../secrets/secrets.ts'
import { openSite } from '../../sites/open-site.ts'
import { createSiteMemory } from '../../sites/site-memory.ts'
import type { Site } from '../../sites/site.ts'
import type { Store } from '../../store/store.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT } from '../cli/io.ts'
import type { HOOKS } from '../workspace-commands.ts'
import {
  faultsOf,
  mayNotRegister,
  ourWebhooks,
  registerWebhook,
  removeWebhooks,
  wantedWebhook,
  type WantedWebhook,
} from './registration.ts'

type HooksCall = CommandCall<'log', typeof HOOKS>

/** Where our server takes webhooks, below the address that Jira reaches it at. */
const HOOKS_PATH = '/hooks/jira'

/** Registers the webhook, or makes the one that is there right; where the account may not, says what to type where. */
export async function registerHooks(call: HooksCall): Promise<void> {
  await withJira(call, async ({ site, config, secrets, wanted }) => {
    const { signal } = call.io
    const secretOf = (): Promise<string> => hooksSecret(config, secrets, signal)
    try {
      const { webhook, made } = await registerWebhook(site.jira, wanted, secretOf, signal)
      const what = made ? 'Registered' : 'It was registered already; its secret was written anew'
      const document = { registered: true, made, ...shown(webhook) }
      call.print(document, `${what}: ${webhook.url}, for ${scopeText(webhook.jql)}. ${SERVE}`)
    } catch (error) {
      if (!mayNotRegister(error)) throw error
      await sayWhatToType(call, { site, config, wanted }, await secretOf())
    }
  })
}

const SERVE = 'jira-tpm serve --hooks takes its webhooks.'

/** Whether it is registered as it should be. Exit 1 where it is not. */
export async function checkHooks(call: HooksCall): Promise<void> {
  await withJira(call, async ({ site, wanted, store }) => {
    const last = await lastCame(store, site)
    try {
      const [webhook, ...others] = await ourWebhooks(site.jira, wanted.url, call.io.signal)
      const wrong =
        webhook === undefined
          ? [`No webhook is registered for ${wanted.url}. jira-tpm hooks register registers it.`]
          : [
              ...faultsOf(webhook, wanted),
              ...(others.length === 0 ? [] : [`It is registered ${others.length + 1} times.`]),
            ]
      say(call, { registered: webhook !== undefined, wrong, webhook, last })
    } catch (error) {
      if (!mayNotRegister(error)) throw error
      say(call, { registered: null, wrong: [`${error.what} ${MAY_NOT_LOOK}`], webhook: undefined, last })
    }
  })
}

const MAY_NOT_LOOK = 'Whether the webhook is registered, an administrator sees at System → WebHooks.'

interface Finding {
  /** Null: the account may not look. */
  readonly registered: boolean | null
  readonly wrong: readonly string[]
  readonly webhook: WebhookRegistration | undefined
  /** When one came in time last, by the site's clock, ISO 8601; null: none ever. */
  readonly last: string | null
}

function say(call: HooksCall, { registered, wrong, webhook, last }: Finding): void {
  const about = webhook === undefined ? null : shown(webhook)
  const signed = webhook?.isSigned === null ? 'whether it is signed, this Jira does not say' : 'it is signed'
  const right =
    webhook === undefined ? [] : [`Registered: ${webhook.url}, for ${scopeText(webhook.jql)}, ${signed}.`]
  const repair = webhook !== undefined && wrong.length > 0 ? ['jira-tpm hooks register makes it right.'] : []
  const came = last === null ? 'None has come yet.' : `The last one that was in time came at ${last}.`
  const lines = [...(wrong.length === 0 ? right : [...wrong, ...repair]), came]
  call.print({ ok: wrong.length === 0, registered, wrong, webhook: about, last }, lines.join('\n'))
  call.exitWith(wrong.length === 0 ? EXIT.done : EXIT.failed)
}

/** Deletes it from Jira. The secret stays where it is kept. */
export async function removeHooks(call: HooksCall): Promise<void> {
  await withJira(call, async ({ site, wanted }) => {
    try {
      const removed = await removeWebhooks(site.jira, wanted.url, call.io.signal)
      const text =
        removed === 0
          ? `No webhook was registered for ${wanted.url}.`
          : 'Removed from Jira: it is asked every few seconds again.'
      call.print({ removed }, text)
    } catch (error) {
      if (!mayNotRegister(error)) throw error
      call.print(
        { removed: 0 },
        `${error.what} An administrator deletes the webhook ${wanted.name} at System → WebHooks.`,
      )
      call.exitWith(EXIT.failed)
    }
  })
}

interface Opened {
  readonly config: Config
  readonly site: Site
  readonly secrets: Secrets
  readonly wanted: WantedWebhook
  /** Opens the store that is set, for this work. */
  readonly store: <T>(work: (store: Store) => Promise<T>) => Promise<T>
}

async function withJira(call: HooksCall, work: (opened: Opened) => Promise<void>): Promise<void> {
  const config = call.config()
  const wanted = wantedWebhook(receiverUrl(call, config), config.projectKey)
  await call.open(config, async (log: Log) => {
    const access = createStoreAccess(config, { clock: machineClock, log })
    const { network, projectKey, dataDir } = config
    const { secrets } = access
    const { signal } = call.io
    const memory = createSiteMemory(dataDir, log)
    const parts = { network, projectKey, secrets, memory, clock: machineClock, log, signal }
    try {
      const site = await openSite(config, { ...parts, policy: INTERACTIVE_POLICY })
      try {
        // To somebody whom it does not know, Jira may say that there is nothing.
        await site.jira.identity(signal)
        await work({ config, site, secrets, wanted, store: (read) => withStore(read, access, call, config) })
      } finally {
        await site.close()
      }
    } finally {
      await access.stop()
    }
  })
}

async function withStore<T>(
  work: (store: Store) => Promise<T>,
  access: Pick<ReturnType<typeof createStoreAccess>, 'open'>,
  { io }: HooksCall,
  config: Config,
): Promise<T> {
  const store = await access.open(config.store, io.signal)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** That is known of the site, whichever of its tickets are watched. */
async function lastCame(openStore: Opened['store'], { id }: Site): Promise<string | null> {
  const book = await openStore((store) => store.hookBook(id, ''))
  return book === null || book.inTimeMs === 0 ? null : isoInstant(book.inTimeMs)
}

/** Where Jira reaches the server: said, or below its public address; the sandbox is on the same machine. */
function receiverUrl({ io, options }: HooksCall, { jira }: Config): string {
  const { url, envFile } = options
  if (url !== undefined) return withPath(url)
  const { publicUrl, port } = readHooksAddress({ env: io.env, cwd: io.cwd, envFile })
  if (jira.kind === 'sandbox') return `http://127.0.0.1:${port}${HOOKS_PATH}`
  if (publicUrl !== null) return `${publicUrl}${HOOKS_PATH}`
  throw nothingSent(
    'usage',
    'Jira has to be told where this server takes webhooks.',
    `Say it: --url https://tpm.example.com${HOOKS_PATH}, or JIRA_TPM_PUBLIC_URL.`,
  )
}

function withPath(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw nothingSent(
      'usage',
      `--url ${text} is no address that Jira could send to.`,
      `Write it as https://tpm.example.com${HOOKS_PATH}.`,
    )
  }
  return url.pathname === '/' ? `${url.origin}${HOOKS_PATH}` : url.href
}

const SECRET_BYTES = 32

/** That of the environment, else the one that is kept, else a new one that is kept from now on. */
export async function hooksSecret(
  config: Pick<Config, 'jira' | 'hooksSecret'>,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<string> {
  const owner = hooksOwner(config)
  if (config.hooksSecret === null && (await secrets.kept(owner, signal)) === null) {
    await secrets.keep(owner, randomBytes(SECRET_BYTES).toString('hex'), signal)
  }
  return resolveHooksSecret(config, secrets, signal)
}

/** What an administrator types into Jira. The secret is shown where we made it: he needs it. */
async function sayWhatToType(
  call: HooksCall,
  { site, config, wanted }: Pick<Opened, 'site' | 'config' | 'wanted'>,
  secret: string,
): Promise<void> {
  const isOurs = config.hooksSecret === null
  const place = site.about.browseUrl === null ? '' : ` (${site.about.browseUrl}/plugins/servlet/webhooks)`
  const jql = wanted.jql === '' ? 'empty' : wanted.jql
  const text = [
    'This account may not register webhooks: that takes the permission Administer Jira.',
    `Ask an administrator to open System → WebHooks${place}, to choose Create a WebHook, and to type:`,
    `  Name    ${wanted.name}`,
    '  Status  Enabled',
    `  URL     ${wanted.url}`,
    `  Secret  ${isOurs ? secret : 'the value of JIRA_WEBHOOK_SECRET'}`,
    `  JQL     ${jql}, under Issue related events`,
    '  Events  Issue: created, updated, deleted',
    '  Body    included (Exclude body stays off)',
    'A webhook of an app, or one that automation sends, is not signed, and is refused.',
  ].join('\n')
  const { name, url, events } = wanted
  const document = { registered: false, name, url, events, jql: wanted.jql, secret: isOurs ? secret : null }
  call.print(document, text)
  call.exitWith(EXIT.failed)
}

function shown({ id, name, url, events, jql, isEnabled, isSigned }: WebhookRegistration): object {
  return { id, name, url, events, jql, enabled: isEnabled, signed: isSigned }
}

function scopeText(jql: string): string {
  return jql === '' ? 'all tickets' : jql
}

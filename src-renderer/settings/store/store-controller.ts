import type { Client } from '../../../src-shared/contract/client.ts'
import {
  STORE_STEPS,
  type PostgresDraft,
  type StoreCheck,
  type StoreDraft,
  type StoreSettings,
  type StoreStep,
} from '../../../src-shared/contract/store.ts'
import {
  createFormController,
  untriedSteps,
  type FieldProblems,
  type FormState,
} from '../form/form-controller.ts'

/** How a connection can be encrypted, the safest first. */
export const tlsNames: Record<TlsMode, string> = {
  'verify-full': 'Encrypted, to this server only',
  'verify-ca': 'Encrypted, to a server of a known authority',
  require: 'Encrypted, to whoever answers',
  disable: 'Not encrypted',
}

/** PostgreSQL's own. */
export const USUAL_PORT = 5432

/** PostgreSQL cuts longer names off, and so would go to another database. */
const MAX_NAME_BYTES = 63

export const storeCheckTitles: Record<StoreStep['id'], string> = {
  host: 'Host',
  port: 'Port',
  tls: 'Encryption',
  password: 'User and password',
  database: 'Database',
  version: 'Version',
  rights: 'Rights',
  tables: 'Tables',
}

/** What the form of the store knows. */
export type StoreFormState = FormState<StoreSettings, StoreFields>

const emptyStoreForm: StoreFormState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untriedSteps(STORE_STEPS),
  busy: null,
  outcome: null,
}

/** Where a person tries a PostgreSQL server, or goes over to it or to the file, which needs no check. */
export function createStoreController(client: Client) {
  return createFormController<StoreFormState, StoreCheck>(client, {
    empty: emptyStoreForm,
    fieldsOf,
    problemsOf: ({ fields }) => problemsOf(fields),
    read: () => client.call('settings.store', {}),
    check: (fields) => client.call('settings.checkStore', serverOf(fields)),
    take: (fields) => client.call('settings.useStore', draftOf(fields)),
    onProgress: (listener) => client.on('store-check.changed', listener),
    found: (_state, { steps }) => ({ steps }),
    texts: ({ kind }) => ({
      titles: storeCheckTitles,
      good: 'This database can be used',
      done: `${kind === 'sqlite' ? 'This computer’s file' : 'This database'} is used from now on`,
      not: 'Not used',
    }),
  })
}

export type StoreController = ReturnType<typeof createStoreController>

/** The form of a store, as typed. What is empty is not given. */
export interface StoreFields {
  readonly kind: StoreDraft['kind']
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
  readonly password: string
  /** Empty: what fits the server, see `usualTls`. */
  readonly tls: PostgresDraft['tls'] | ''
  readonly caFile: string
}

/** The form as it is found: the store that is set, without its password, which never comes out of the core. */
export function fieldsOf(settings: StoreSettings | null): StoreFields {
  const server = settings?.store.kind === 'postgres' ? settings.store : null
  return {
    kind: settings?.store.kind ?? 'sqlite',
    host: server?.host ?? '',
    port: server === null || server.port === USUAL_PORT ? '' : String(server.port),
    database: server?.database ?? '',
    user: server?.user ?? '',
    password: '',
    tls: server === null || server.tls === usualTls(server.host, server.caFile ?? '') ? '' : server.tls,
    caFile: server?.caFile ?? '',
  }
}

/** What Check and Use send of a server. */
function serverOf(fields: StoreFields): PostgresDraft {
  const caFile = fields.caFile.trim()
  return {
    kind: 'postgres',
    host: hostOf(fields),
    port: Number(fields.port.trim() || USUAL_PORT),
    database: fields.database.trim(),
    user: fields.user.trim(),
    password: fields.password || null,
    tls: tlsOf(fields),
    caFile: caFile || null,
  }
}

/** What Use sends. */
export function draftOf(fields: StoreFields): StoreDraft {
  return fields.kind === 'sqlite' ? { kind: 'sqlite' } : serverOf(fields)
}

/** How the connection would be encrypted: as chosen, else as usual. */
export function tlsOf(fields: StoreFields): PostgresDraft['tls'] {
  return fields.tls || usualTls(hostOf(fields), fields.caFile.trim())
}

/** Whether a password is there already for the server, database and user that are filled in. */
export function isKept({ store, passwordIn }: StoreSettings, fields: StoreFields): boolean {
  if (passwordIn === 'none' || store.kind === 'sqlite') return false
  const { host, port, database, user } = serverOf(fields)
  return store.host === host && store.port === port && store.database === database && store.user === user
}

/** What cannot be taken as it is; the server's answer says the rest. */
export function problemsOf(fields: StoreFields): FieldProblems<StoreFields> {
  if (fields.kind === 'sqlite') return {}
  const problems = {
    host: hostProblem(hostOf(fields)),
    port: portProblem(fields.port.trim()),
    database: nameProblem(fields.database.trim(), 'Give the database’s name.'),
    user: nameProblem(fields.user.trim(), 'Give the user’s name.'),
  }
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== ''))
}

function hostOf({ host }: StoreFields): string {
  return host.trim().replace(/^\[([^,]*)\]$/, '$1')
}

function hostProblem(host: string): string {
  if (host === '') return 'Give the server’s name or address.'
  return hostsOf(host).every((one) => /^(?:\/.*|[^\s/@?#\\]+)$/.test(one))
    ? ''
    : 'Give the server’s name alone, as db.example.com.'
}

function hostsOf(host: string): string[] {
  return host.split(',').map((one) => one.trim())
}

function portProblem(port: string): string {
  const isPort = port === '' || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)
  return isPort ? '' : 'A number from 1 to 65535.'
}

function nameProblem(name: string, missing: string): string {
  if (name === '') return missing
  return new TextEncoder().encode(name).length > MAX_NAME_BYTES
    ? 'PostgreSQL has no names as long as this.'
    : ''
}

/** As the command line has it: what is said to this machine itself nobody reads on the way. */
function usualTls(host: string, caFile: string): PostgresDraft['tls'] {
  const isHere = hostsOf(host).every((one) =>
    /^(localhost|127(\.\d+){3}|::1|\/.*)$/i.test(one.replace(/^(?:\[(.*)\]|([^:]*))(?::\d+)?$/, '$1$2')),
  )
  return isHere && caFile === '' ? 'disable' : 'verify-full'
}

type TlsMode = PostgresDraft['tls']

/** What that means for who could listen. */
export function tlsText(mode: TlsMode): string {
  return {
    'verify-full': 'The server’s certificate must be valid for its name.',
    'verify-ca': 'The certificate must be signed by an authority that is believed; its name may be another.',
    require:
      'Nobody can listen, but nothing proves that it is your server: its certificate is not looked at.',
    disable: 'Whoever is in between can read everything. For this computer, or a network that you trust.',
  }[mode]
}

import { STORE_STEPS, type StoreCheck } from '../../src-shared/contract/store.ts'
import { AppError, nothingChanged } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../config/config.ts'
import type { Clock } from '../runtime/clock.ts'
import { createSteps, failed, fine, type StepOutcome } from '../runtime/steps.ts'
import { quoted, SESSION_SETTINGS, type StoreClient } from '../store/postgres/connection/client.ts'
import {
  denialReason,
  serverNames,
  toStoreError,
  unreachableReason,
} from '../store/postgres/connection/errors.ts'
import {
  codeOf,
  findingOf,
  fromPg,
  isFault,
  kindOf,
  UnfitServerError,
} from '../store/postgres/connection/failure.ts'
import { refuseShared } from '../store/postgres/connection/pooler.ts'
import {
  refuseNarrow,
  refuseOld,
  serverState,
  type ServerState,
} from '../store/postgres/connection/server-state.ts'
import { attempt, hostOutcome, inTime, portOutcome, tlsOutcome, type Attempt } from './connect-steps.ts'
import { pickServer } from './several-servers.ts'
import { checkRights, checkTables } from './table-steps.ts'

interface CheckParts {
  /** Asked for once the server is reached; null: none is sent. */
  readonly password: () => Promise<string | null>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called as each step begins and ends. */
  readonly onChange?: (check: StoreCheck) => void
  /** Called with the client when all steps have been gone through, before it ends. */
  readonly onDone?: (client: StoreClient) => Promise<void>
}

type StoreStep = (typeof STORE_STEPS)[number]

type RunStep = <T>(id: StoreStep, work: () => Promise<StepOutcome<T>>) => Promise<T | null>

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: insufficient_privilege. */
const NO_RIGHT = '42501'

/** No such database, no right to connect to it, one that takes no connections: they come after the password. */
const OF_DATABASE: ReadonlySet<string> = new Set(['3D000', '42501', '55000'])

/**
 * Goes through everything that a PostgreSQL server must be and allow, a step at a time. A step that fails says what to
 * do; those after it are not tried. Nothing is written. `isReady`: its tables can be used as they are. Throws `cancelled`, and bugs.
 */
export async function checkStore(
  config: PostgresConfig,
  parts: CheckParts,
): Promise<{ readonly check: StoreCheck; readonly isReady: boolean }> {
  const { signal, onChange = () => {} } = parts
  const steps = createSteps(STORE_STEPS, () => onChange(snapshot('running')))
  const snapshot = (state: StoreCheck['state']): StoreCheck => ({ state, steps: steps.all() })
  const over = new AbortController()
  const runStep: RunStep = (id, work) =>
    steps.step(id, async () => {
      const outcome = await work().catch((error: unknown): StepOutcome<never> => {
        if (signal.aborted) throw cancelled()
        const known = fromPg(error)
        if (!(known instanceof Error && saysWhy(known, id))) throw toStoreError(known, serverNames(config))
        return failed(refusalText(known, config))
      })
      if (signal.aborted) throw cancelled() // a connection that we cut ourselves says nothing of the server
      return outcome
    })
  let isReady: boolean
  try {
    isReady = await walk(runStep, config, { ...parts, signal: AbortSignal.any([signal, over.signal]) })
  } finally {
    over.abort()
  }
  const check = snapshot(steps.finish())
  onChange(check)
  return { check, isReady }
}

/** Whether it came to its end, and the tables can be used as they are. Of several servers the one that takes writes is checked. */
async function walk(step: RunStep, config: PostgresConfig, parts: CheckParts): Promise<boolean> {
  if (config.others === undefined) return walkServer(step, config, parts)
  const server = await step('host', () => pickServer(config, parts))
  return server !== null && walkServer(step, server, parts, { isHostKnown: true })
}

async function walkServer(
  step: RunStep,
  config: PostgresConfig,
  { password, onDone, ...patience }: CheckParts,
  { isHostKnown = false } = {},
): Promise<boolean> {
  const connect = (secret: string | null): Promise<Attempt> =>
    attempt({ ...config, password: secret }, patience)
  // Without the password, which only a server that asks for it, and is believed, gets by the next.
  const first = connect(null)
  if (!isHostKnown && (await step('host', async () => hostOutcome(config, await first))) === null)
    return false
  const tried = await first
  if ((await step('port', async () => portOutcome(config, tried))) === null) return false
  if ((await step('tls', async () => tlsOutcome(config, tried, patience.clock.now()))) === null) return false
  const login = await step('password', () => logIn(config, password, tried, connect))
  if (login === null) return false
  const { client, refusal } = login
  try {
    const state = await step('database', () => inTime(checkDatabase(config, login), patience))
    if (state === null) return false
    if ((await step('version', async () => checkVersion(state))) === null) return false
    const rights = await step('rights', () => inTime(checkRights(config, client), patience))
    if (rights === null) return false
    const isReady = await step('tables', () => inTime(checkTables(config, client, rights), patience))
    if (isReady !== null && onDone !== undefined) await inTime(onDone(client), patience)
    return isReady === true
  } finally {
    if (refusal === null) await inTime(client.end(), patience).catch(() => {}) // it is cut then
  }
}

/** Whether it is the server's own word of why it does not let us in. */
function saysWhy(error: Error, step: StoreStep): boolean {
  if (error instanceof AppError || isFault(error)) return false
  return step === 'password' || error instanceof UnfitServerError
}

function cancelled(): AppError {
  return nothingChanged('cancelled', 'The check of the store was ended.')
}

/** Whether the server lets the user in. Of the database it speaks only to whom it knows. */
async function logIn(
  config: PostgresConfig,
  password: () => Promise<string | null>,
  first: Attempt,
  connect: (password: string) => Promise<Attempt>,
): Promise<StepOutcome<Attempt>> {
  const isAsked = findingOf(first.refusal) === 'no-password'
  const given = await password()
  if (isAsked) first.client.cut()
  const login = isAsked && given !== null ? await connect(given) : first
  const { client, refusal } = login
  if (refusal !== null && !OF_DATABASE.has(codeOf(refusal))) throw refusal
  // Whether the user may be the one whose the tables are.
  if (refusal === null && config.role !== undefined) await client.begin()
  if (isAsked) return fine(`The user ${config.user} is let in with the password.`, login)
  // Many servers let this machine in as it comes: a password that was not asked for was not tried.
  const unused = given === null ? '' : ' The one that is set was not asked for.'
  return fine(`The user ${config.user} is let in without a password.${unused}`, login)
}

/** Whether the database is there for us, and can keep every text. */
async function checkDatabase(
  config: PostgresConfig,
  { client, refusal, another }: Attempt,
): Promise<StepOutcome<ServerState>> {
  if (refusal !== null) return failed(notConnected(refusal, config))
  await refuseShared(client, another)
  await client.query(SESSION_SETTINGS)
  const state = await serverState(client)
  refuseNarrow(state)
  return fine(`There is a database ${config.database}.`, state)
}

function notConnected(refusal: Error, config: PostgresConfig): Pick<AppError, 'message' | 'hint'> {
  const text = refusalText(refusal, config)
  if (codeOf(refusal) !== NO_RIGHT) return text
  const { database, user } = config
  return {
    ...text,
    hint: `Have it allowed: GRANT CONNECT, CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)};`,
  }
}

export function checkVersion(state: ServerState): StepOutcome<true> {
  refuseOld(state)
  return fine(`PostgreSQL ${state.versionName}.`, true)
}

/** Why a server that was reached did not let us in, and what to do. */
export function refusalText(
  refusal: Error,
  config: PostgresConfig,
): { readonly message: string; readonly hint: string } {
  switch (kindOf(refusal)) {
    case 'denied': {
      const [reason, hint] = denialReason(refusal, serverNames(config))
      return { message: `The server ${reason}.`, hint }
    }
    case 'unreachable':
      return {
        message: `The server ${unreachableReason(refusal)[0]}.`,
        hint:
          codeOf(refusal) === '53300'
            ? 'Close other clients, or raise max_connections on that server; then check again.'
            : 'Check again in a moment; if it goes on, look at that server’s log.',
      }
    default:
      return {
        message: `The server does not let us in: ${refusal.message}${/[.!]$/.test(refusal.message) ? '' : '.'}`,
        hint: 'Show this to the server’s administrator.',
      }
  }
}

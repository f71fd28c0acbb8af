import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { SCOPES } from '../../src-shared/contract/schema.ts'
import { fromWireError, type AppError, type WireError } from '../../src-shared/errors/app-error.ts'
import type { TeamAnswer } from './ask.ts'
import { brokenAnswer, knowsNoSignIn, notOurs, otherVersion } from './faults.ts'

/** What a team server says to anybody who asks who it is. */
const Hello = Type.Object({
  program: Type.Literal('jira-tpm'),
  /** Of the program. */
  version: Type.String({ maxLength: 64 }),
  /** The versions of the contract that it serves. */
  contract: Type.Array(Type.Integer(), { minItems: 1, maxItems: 16 }),
  leastContract: Type.Integer(),
  /** The same for all that answer for the server, and another one after it was set up anew. */
  serverId: Type.String({ minLength: 1, maxLength: 128 }),
  /** What people call it. */
  name: Type.String({ maxLength: 200 }),
  /** Its clock, epoch ms. */
  nowMs: Type.Integer(),
})
export type Hello = Static<typeof Hello>

const Granted = Type.Object({
  token: Type.String({ minLength: 16, maxLength: 4_096 }),
  /** By which whoever runs the server lists and revokes it. */
  id: Type.String({ minLength: 1, maxLength: 128 }),
  scope: Type.Enum(SCOPES),
  expiresMs: Type.Integer(),
})
type Granted = Static<typeof Granted>

const Renewed = Type.Object({
  token: Type.String({ minLength: 16, maxLength: 4_096 }),
  expiresMs: Type.Integer(),
})

const Failed = Type.Object({
  ok: Type.Literal(false),
  error: Type.Object({
    code: Type.String(),
    what: Type.String(),
    consequence: Type.String(),
    hint: Type.String(),
    retryable: Type.Boolean(),
  }),
})
const Done = Type.Object({ ok: Type.Literal(true), result: Type.Unknown() })

/** The error that a server answered; null where it answered none. */
function refusalIn(data: unknown): AppError | null {
  return Check(Failed, data) ? fromWireError(data.error as WireError) : null
}

/** The result of an answer that is none of the contract's; undefined where there is none. Throws what was refused. */
function resultIn(data: unknown): unknown {
  const refusal = refusalIn(data)
  if (refusal !== null) throw refusal
  return Check(Done, data) ? data.result : undefined
}

/** Throws an AppError where no Jira TPM said it, or one that does not understand us. */
export function readHello(host: string, { status, data }: TeamAnswer): Hello {
  if (status === 404) throw knowsNoSignIn(host)
  const said = resultIn(data)
  if (!Check(Hello, said)) throw notOurs(host, 'it does not say who it is')
  if (!said.contract.includes(CONTRACT_VERSION)) throw otherVersion(host, said.version, said.contract)
  return said
}

export function readGranted(host: string, { data }: TeamAnswer): Granted {
  const said = resultIn(data)
  if (!Check(Granted, said)) throw brokenAnswer(host, 'to the sign-in with something else than a token')
  return said
}

export function readRenewed(host: string, { data }: TeamAnswer): Static<typeof Renewed> {
  const said = resultIn(data)
  if (!Check(Renewed, said)) throw brokenAnswer(host, 'to the renewal with something else than a token')
  return said
}

/** Of a token that is to be good no more: the server knows it no more where somebody else has ended it. */
export function readEnded(host: string, { status, data }: TeamAnswer): void {
  if (status !== 401 && resultIn(data) === undefined)
    throw brokenAnswer(host, 'to the sign-out with something else than that it is done')
}

import { Type, type Static } from 'typebox'
import { SCOPES } from '../../src-shared/contract/schema.ts'

/** The one algorithm, by RFC 8037: a server that checks needs no secret, and there is no other to be talked into. */
export const ALGORITHM = 'EdDSA'
export const ISSUER = 'jira-tpm'

/** Longer ones are refused before anything is done with them; ours have about 500 characters. */
export const MAX_TOKEN_LENGTH = 2_048

/** Exactly what our headers have: `jwk`, `jku`, `x5u` and `crit` would have a say in how the token is checked. */
export const TokenHeader = Type.Object(
  { alg: Type.Literal(ALGORITHM), typ: Type.Literal('JWT'), kid: Type.String({ maxLength: 64 }) },
  { additionalProperties: false },
)

/** RFC 7519 and a nonce, all of them required; times in s. */
export const Claims = Type.Object(
  {
    iss: Type.Literal(ISSUER),
    aud: Type.String(),
    sub: Type.String(),
    scope: Type.Enum(SCOPES),
    iat: Type.Integer(),
    nbf: Type.Integer(),
    exp: Type.Integer(),
    jti: Type.String(),
    /** In the token alone: its record and the key that signed it do not make it again. */
    nonce: Type.String({ minLength: 1, maxLength: 64 }),
  },
  { additionalProperties: false },
)
export type Claims = Static<typeof Claims>

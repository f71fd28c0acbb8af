import { Type } from 'typebox'

/** What we read of Vault's answers; whatever else is in them is left alone. Durations are whole seconds. */

const Seconds = Type.Number({ minimum: 0 })
const Text = Type.String({ minLength: 1, maxLength: 4_096 })

/** https://developer.hashicorp.com/vault/api-docs/system/seal-status */
export const SealStatus = Type.Object({
  initialized: Type.Boolean(),
  sealed: Type.Boolean(),
  version: Type.Optional(Type.String()),
})

/** https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self; a root token has no time at which it ends. */
export const TokenLookup = Type.Object({
  data: Type.Object({
    ttl: Seconds,
    renewable: Type.Optional(Type.Boolean()),
    expire_time: Type.Union([Type.String(), Type.Null()]),
  }),
})

/** https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle, and the answer to renew-self. */
export const TokenGrant = Type.Object({
  auth: Type.Object({ client_token: Type.String(), lease_duration: Seconds, renewable: Type.Boolean() }),
})

/** https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials */
export const DatabaseGrant = Type.Object({
  lease_id: Text,
  lease_duration: Seconds,
  renewable: Type.Boolean(),
  data: Type.Object({ username: Text, password: Text }),
})

/** https://developer.hashicorp.com/vault/api-docs/system/leases#renew-lease */
export const LeaseRenewal = Type.Object({
  lease_id: Text,
  lease_duration: Seconds,
  renewable: Type.Boolean(),
})

/** https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version */
export const KvSecret = Type.Object({
  data: Type.Object({
    data: Type.Object({
      api_token: Type.Optional(Type.Unknown()),
      user: Type.Optional(Type.Unknown()),
    }),
    metadata: Type.Object({ version: Type.Number() }),
  }),
})

/** https://developer.hashicorp.com/vault/api-docs#error-response */
export const ErrorAnswer = Type.Object({ errors: Type.Array(Type.String()) })

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hideSecrets, rememberSecret } from './hide-secrets.ts'

const token = fc
  .string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' })
  .filter((text) => text.trim() === text)

test('a token that is known is in no text, alone, in a URL or with its user', () => {
  fc.assert(
    fc.property(token, fc.emailAddress(), fc.string(), (secret, user, around) => {
      rememberSecret(secret, user)
      const sent = Buffer.from(`${user}:${secret}`).toString('base64')
      for (const form of [secret, encodeURIComponent(secret), sent]) {
        expect(hideSecrets(`${around} ${form} ${around}`)).not.toContain(form)
      }
    }),
  )
})

test('what is no secret stays as it is', () => {
  expect(hideSecrets('35 tickets were fetched.')).toBe('35 tickets were fetched.')
})

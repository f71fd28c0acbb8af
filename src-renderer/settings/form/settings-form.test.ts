import { expect, test } from 'vitest'
import { stepStates, secretGoesText, secretIsText, secretSentence } from './settings-form.tsx'

test('each state of a step has a word and a sign of its own', () => {
  const states = Object.values(stepStates)
  expect(states).toHaveLength(6)
  expect(new Set(states.map(([, word]) => word)).size).toBe(states.length)
  expect(new Set(states.map(([sign]) => sign)).size).toBe(states.length)
})

const keychain = { kind: 'keychain', label: 'macOS Keychain', problem: null } as const
const file = { kind: 'safe-storage', label: 'an encrypted file', problem: null } as const
const nowhere = { kind: 'none', label: '', problem: 'No keychain answers.' } as const

test('it says where a secret goes, or why there is no place for it, where one is needed', () => {
  expect(secretGoesText(keychain)).toBe('It is kept in the keychain and never shown.')
  expect(secretGoesText(file)).toBe('It is kept encrypted and never shown.')
  expect(secretGoesText(nowhere)).toBe('No keychain answers.')
  expect(secretGoesText(nowhere, 'environment')).toBe('')
  expect(secretGoesText(undefined)).toBe('')
})

test('it says where the present one is', () => {
  expect(secretIsText('keychain')).toBe('kept in the keychain')
  expect(secretIsText('none')).toBe('')
  expect(secretSentence('token', 'keychain', keychain, '–')).toBe('Its token is kept in macOS Keychain.')
  expect(secretSentence('password', 'environment', keychain, '–')).toBe(
    'Its password is given by the environment.',
  )
  expect(secretSentence('password', 'none', keychain, 'None is sent.')).toBe('None is sent.')
})

import { expect, test } from 'vitest'
import { originOf, pageUrlOf } from './addresses.ts'

test('the page is our own', () => {
  expect(pageUrlOf(true, {})).toBe('app://jira-tpm/')
  expect(originOf(pageUrlOf(true, {}))).toBe('app://jira-tpm')
})

test('in development it may be a server that the environment names', () => {
  const url = pageUrlOf(false, { ELECTRON_RENDERER_URL: 'http://localhost:5173' })
  expect(url).toBe('http://localhost:5173/')
  expect(originOf(url)).toBe('http://localhost:5173')
})

test('a packaged program does not listen to the environment', () => {
  expect(pageUrlOf(true, { ELECTRON_RENDERER_URL: 'http://localhost:5173' })).toBe('app://jira-tpm/')
})

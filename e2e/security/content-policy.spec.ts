import type { Page } from 'playwright'
import { expect, test } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'

declare global {
  /** Directives that the page has violated so far. */
  var violated: string[]
}

// Each attempt waits a turn: code that DevTools calls directly is above the policy.
const ATTEMPTS: readonly (readonly [what: string, directive: string, attempt: () => unknown])[] = [
  // oxlint-disable-next-line no-eval -- that it is refused is what is tested
  ['code made from text', 'script-src', () => setTimeout(() => (0, eval)('1'))],
  [
    'an inline script',
    'script-src-elem',
    () => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "inline"'
      document.head.append(script)
    },
  ],
  [
    'an inline event handler',
    'script-src-attr',
    () => {
      document.body.setAttribute('onclick', 'document.title = "inline"')
      document.body.click()
    },
  ],
  [
    'a script from elsewhere',
    'script-src-elem',
    () => {
      const script = document.createElement('script')
      script.src = 'https://example.org/x.js'
      document.head.append(script)
    },
  ],
  [
    'an inline style sheet',
    'style-src-elem',
    () => {
      const style = document.createElement('style')
      style.textContent = 'body { display: none }'
      document.head.append(style)
    },
  ],
  ['a request to elsewhere', 'connect-src', () => fetch('https://example.org/').catch(() => {})],
  ['a socket to elsewhere', 'connect-src', () => new WebSocket('wss://example.org/')],
  ['a picture from elsewhere', 'img-src', () => (new Image().src = 'https://example.org/x.png')],
  [
    'a frame',
    'frame-src',
    () => {
      const frame = document.createElement('iframe')
      frame.src = 'https://example.org/'
      document.body.append(frame)
    },
  ],
  [
    'a form',
    'form-action',
    () => {
      const form = document.createElement('form')
      form.action = 'https://example.org/'
      document.body.append(form)
      form.submit()
    },
  ],
]

async function recordViolations(page: Page): Promise<void> {
  await page.evaluate(() => {
    globalThis.violated = []
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective))
  })
}

test('the window may load its own files and nothing else', async ({ app }) => {
  await recordViolations(app.page)
  for (const [what, directive, attempt] of ATTEMPTS) {
    await test.step(what, async () => {
      await app.page.evaluate(() => void (globalThis.violated = []))
      await app.page.evaluate(attempt)
      await expect.poll(() => app.page.evaluate(() => violated)).toContain(directive)
    })
  }
  expect(await app.page.evaluate(() => document.title)).toContain('Jira TPM')
})

test('the page itself violates nothing while it starts', async ({ app }) => {
  await app.page.addInitScript(() => {
    globalThis.violated = []
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective))
  })
  await app.page.reload()
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
  expect(await app.page.evaluate(() => violated)).toEqual([])
})

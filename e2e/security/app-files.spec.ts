import type { TestedApp } from '../fixtures/app.ts'
import { expect, test } from '../fixtures/shared-app.ts'

interface Answer {
  readonly status: number
  readonly policy: string | null
  readonly text: string
}

function ask(app: TestedApp, address: string, method = 'GET'): Promise<Answer> {
  return app.page.evaluate(
    async (asked) => {
      const answer = await fetch(asked.address, { method: asked.method })
      const policy = answer.headers.get('content-security-policy')
      return { status: answer.status, policy, text: await answer.text() }
    },
    { address, method },
  )
}

test('the window’s files come with the policy', async ({ app }) => {
  const page = await ask(app, '/')
  expect(page.status).toBe(200)
  expect(page.policy).toContain("default-src 'none'")
  expect(page.text).toContain('<title>Jira TPM</title>')
})

test('files outside the window’s folder are refused', async ({ app }) => {
  for (const address of [
    '/../../package.json',
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '/..%2fmain%2fmain.js',
    '/%00index.html',
    '/%zz',
  ]) {
    expect(await ask(app, address), address).toMatchObject({ status: 404, text: '' })
  }
})

test('nothing can be written through the window’s scheme', async ({ app }) => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    expect(await ask(app, '/index.html', method), method).toMatchObject({ status: 405, text: '' })
  }
})

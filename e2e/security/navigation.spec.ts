import { expect, test } from '../fixtures/app.ts'
import { logLines } from '../fixtures/app-log.ts'

test('the window stays on its page, whatever the page tries', async ({ app }) => {
  const born = await app.page.evaluate(() => performance.timeOrigin)
  const refused = (url: string): Promise<void> =>
    expect.poll(() => logLines(app.dataDir)).toContain(`navigation refused ${url}`)

  await app.page.evaluate(() => void setTimeout(() => (location.href = 'https://example.org/by-script')))
  await refused('https://example.org/by-script')

  await app.page.evaluate(() => {
    const link = document.createElement('a')
    link.href = 'https://example.org/by-link'
    document.body.append(link)
    link.click()
  })
  await refused('https://example.org/by-link')

  await app.page.evaluate(() => void setTimeout(() => location.assign('/another.html')))
  await expect
    .poll(() => logLines(app.dataDir))
    .toContainEqual(expect.stringMatching(/navigation refused .*another/))

  expect(await app.page.evaluate(() => performance.timeOrigin)).toBe(born)
})

test('links open in the browser by https only', async ({ app }) => {
  for (const address of [
    'file:///etc/passwd',
    'http://example.org/plain',
    'javascript:alert(1)',
    'https://user:secret@example.org/',
    'ms-settings:privacy',
  ]) {
    await app.page.evaluate((url) => void globalThis.open(url), address)
  }
  // Opened last: when it is there, the others have been refused.
  await app.page.evaluate(() => void globalThis.open('https://example.org/good'))
  await expect.poll(() => app.opened()).toEqual(['https://example.org/good'])
  expect(await logLines(app.dataDir)).toContain('link refused http://example.org/plain')
})

import { expect, test } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'
import { earWeight } from '../fixtures/renderer-weight.ts'

test('P plays the bars: the mark goes along the chart, arrows move it, P ends it, and it is said', async ({
  app,
}) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const left = () => page.locator('[data-kind=key]').evaluate((mark) => mark.getBoundingClientRect().left)
  await page.keyboard.press('p')
  const first = await left()
  await expect.poll(left).toBeGreaterThan(first)
  await expect(page.getByText('Playing the bars. P ends it.')).toBeAttached()
  await page.keyboard.press('End')
  // At the last bar it ends by itself.
  await expect(page.getByText('Playing the bars. P ends it.')).toHaveCount(0)
  await page.keyboard.press('Home')
  await page.keyboard.press('p')
  await expect.poll(left).toBeGreaterThan(first)
  await page.keyboard.press('p')
  await expect(page.getByText('Playing the bars. P ends it.')).toHaveCount(0)
})

test('what plays them is about 2 kB of ours, and no library', async () => {
  const { bytes, scripts } = await earWeight()
  expect(scripts).toEqual(['ear', 'tones'])
  expect(bytes).toBeLessThanOrEqual(2_300)
})

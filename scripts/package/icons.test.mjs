import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ICNS_TYPES, ICO_SIZES } from '../../build/icon-files.mjs'

const build = path.join(import.meta.dirname, '../../build')

/** Width and height of a PNG, from its header. */
function sizeOf(png) {
  expect(png.toString('latin1', 1, 4)).toBe('PNG')
  return [png.readUInt32BE(16), png.readUInt32BE(20)]
}

test('icon.icns has a picture for each size of macOS, and they fill it', async () => {
  const file = await readFile(path.join(build, 'icon.icns'))
  expect(file.toString('latin1', 0, 4)).toBe('icns')
  expect(file.readUInt32BE(4)).toBe(file.length)
  const found = {}
  let at = 8
  while (at < file.length) {
    const length = file.readUInt32BE(at + 4)
    const [width, height] = sizeOf(file.subarray(at + 8, at + length))
    expect(height).toBe(width)
    found[file.toString('latin1', at, at + 4)] = width
    at += length
  }
  expect(at).toBe(file.length)
  expect(found).toEqual(ICNS_TYPES)
})

describe('icon.ico', async () => {
  const file = await readFile(path.join(build, 'icon.ico'))
  const entryOf = (index) => file.subarray(6 + 16 * index, 22 + 16 * index)
  const imageOf = (index) => {
    const entry = entryOf(index)
    return file.subarray(entry.readUInt32LE(12), entry.readUInt32LE(12) + entry.readUInt32LE(8))
  }

  test('has a picture for each size of Windows, the largest as a PNG', () => {
    expect([file.readUInt16LE(2), file.readUInt16LE(4)]).toEqual([1, ICO_SIZES.length])
    expect(ICO_SIZES.map((_size, index) => entryOf(index)[0] || 256)).toEqual(ICO_SIZES)
    expect(sizeOf(imageOf(ICO_SIZES.length - 1))).toEqual([256, 256])
  })

  test.each(ICO_SIZES.slice(0, -1).map((size, index) => [size, imageOf(index)]))(
    'has a bitmap of %i',
    (size, image) => {
      expect([image.readInt32LE(4), image.readInt32LE(8)]).toEqual([size, 2 * size])
      // 40 bytes of header, four a pixel, and a mask of whole 32-bit words a line
      expect(image.length).toBe(40 + 4 * size * size + 4 * Math.ceil(size / 32) * size)
      // in the second bar: opaque, the red of Highest
      const [x, y] = [Math.floor(size * 0.37), Math.floor(size * 0.7)]
      const [blue, , red, alpha] = image.subarray(40 + 4 * ((size - 1 - y) * size + x))
      expect(alpha).toBe(255)
      expect(red).toBeGreaterThan(blue)
    },
  )
})

/** The bytes of each file in a folder. */
async function bytesIn(where) {
  const names = (await readdir(where)).toSorted((one, other) => one.localeCompare(other))
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(where, name))])),
  )
}

// Elsewhere the same Skia may round a pixel differently.
test.runIf(process.platform === 'linux')('what is checked in is what the drawing looks like', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-icons-'))
  try {
    await promisify(execFile)(process.execPath, [path.join(build, 'draw-icons.mjs'), folder])
    expect(await bytesIn(path.join(folder, 'icons'))).toEqual(await bytesIn(path.join(build, 'icons')))
    for (const name of ['icon.icns', 'icon.ico']) {
      expect(await readFile(path.join(folder, name))).toEqual(await readFile(path.join(build, name)))
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

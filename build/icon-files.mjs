// The two file formats that pack pictures of several sizes: macOS's .icns and Windows' .ico.

/** PNG sizes of an .icns, by the types that macOS 10.7 and later read (`ic11` to `ic14` are the sharp screens'). */
export const ICNS_TYPES = {
  ic11: 32,
  ic12: 64,
  ic07: 128,
  ic13: 256,
  ic08: 256,
  ic14: 512,
  ic09: 512,
  ic10: 1024,
}

/** Pixels of an .ico's entries. */
export const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]

/**
 * An .icns file. `pngOf` gives the PNG of a width in pixels.
 *
 * @param {(size: number) => Buffer} pngOf
 */
export function icnsOf(pngOf) {
  const entries = Object.entries(ICNS_TYPES).map(([type, size]) => {
    const png = pngOf(size)
    return Buffer.concat([Buffer.from(type, 'latin1'), uint32(8 + png.length), png])
  })
  const length = entries.reduce((sum, { length: bytes }) => sum + bytes, 8)
  return Buffer.concat([Buffer.from('icns', 'latin1'), uint32(length), ...entries])
}

/**
 * An .ico file. Its entry of 256 pixels is a PNG; the smaller ones are bitmaps, since makensis and old shells read no
 * other.
 *
 * @param {(size: number) => Buffer} pngOf
 * @param {(size: number) => Uint8ClampedArray} rgbaOf
 */
export function icoOf(pngOf, rgbaOf) {
  const images = ICO_SIZES.map((size) => (size === 256 ? pngOf(size) : bitmapOf(rgbaOf(size), size)))
  const head = Buffer.alloc(6 + 16 * images.length)
  head.writeUInt16LE(1, 2) // icons, not cursors
  head.writeUInt16LE(images.length, 4)
  let offset = head.length
  for (const [index, image] of images.entries()) {
    const at = 6 + 16 * index
    const size = ICO_SIZES[index] % 256 // 256 is written as 0
    head.writeUInt8(size, at)
    head.writeUInt8(size, at + 1)
    head.writeUInt16LE(1, at + 4) // planes
    head.writeUInt16LE(32, at + 6) // bits a pixel
    head.writeUInt32LE(image.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += image.length
  }
  return Buffer.concat([head, ...images])
}

/** A bitmap as an .ico holds it: 32 bits a pixel, from the bottom line up, and an empty mask (alpha says it all). */
function bitmapOf(rgba, size) {
  const header = Buffer.alloc(40)
  header.writeUInt32LE(40, 0)
  header.writeInt32LE(size, 4)
  header.writeInt32LE(2 * size, 8) // picture and mask
  header.writeUInt16LE(1, 12)
  header.writeUInt16LE(32, 14)
  const pixels = Buffer.alloc(4 * size * size)
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = 4 * (y * size + x)
      const to = 4 * ((size - 1 - y) * size + x)
      const [red, green, blue, alpha] = rgba.subarray(from, from + 4)
      pixels.set([blue, green, red, alpha], to)
    }
  }
  const maskLine = 4 * Math.ceil(size / 32)
  return Buffer.concat([header, pixels, Buffer.alloc(maskLine * size)])
}

function uint32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

// node build/draw-icons.mjs [FOLDER]: draws icons/, icon.icns and icon.ico from icon.svg, after a change to it.
// electron-builder would draw them too, with a tool that it downloads from GitHub; these are drawn once, by what npm has.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { ICNS_TYPES, ICO_SIZES, icnsOf, icoOf } from './icon-files.mjs'

const LINUX_SIZES = [16, 32, 48, 64, 128, 256, 512, 1024]

const folder = path.resolve(process.argv[2] ?? import.meta.dirname)
const svg = await readFile(path.join(import.meta.dirname, 'icon.svg'), 'utf8')

const drawn = new Map()
for (const size of new Set([...LINUX_SIZES, ...Object.values(ICNS_TYPES), ...ICO_SIZES])) {
  const canvas = createCanvas(size, size)
  const context = canvas.getContext('2d')
  const sized = svg.replace('width="512" height="512"', `width="${size}" height="${size}"`)
  context.drawImage(await loadImage(Buffer.from(sized)), 0, 0, size, size)
  drawn.set(size, { png: await canvas.encode('png'), rgba: context.getImageData(0, 0, size, size).data })
}
const pngOf = (size) => drawn.get(size).png
const rgbaOf = (size) => drawn.get(size).rgba

await mkdir(path.join(folder, 'icons'), { recursive: true })
for (const size of LINUX_SIZES) {
  await writeFile(path.join(folder, 'icons', `${size}x${size}.png`), pngOf(size))
}
await writeFile(path.join(folder, 'icon.icns'), icnsOf(pngOf))
await writeFile(path.join(folder, 'icon.ico'), icoOf(pngOf, rgbaOf))

// node build/draw-icons.mjs: draws icons/ from icon.svg, after a change to it.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'

const folder = import.meta.dirname
const svg = await readFile(path.join(folder, 'icon.svg'), 'utf8')

for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) {
  const sized = svg.replace('width="512" height="512"', `width="${size}" height="${size}"`)
  const canvas = createCanvas(size, size)
  canvas.getContext('2d').drawImage(await loadImage(Buffer.from(sized)), 0, 0, size, size)
  await writeFile(path.join(folder, 'icons', `${size}x${size}.png`), await canvas.encode('png'))
}

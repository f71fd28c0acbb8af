import type * as Electron from 'electron'
import { carried } from './carried.ts'

type Representation = Parameters<Electron.NativeImage['addRepresentation']>[0]

/** A picture as its pixels by scale; nothing draws it. */
export class NativeImage implements Pick<Electron.NativeImage, 'addRepresentation' | 'isEmpty'> {
  readonly representations: Representation[] = []

  addRepresentation(representation: Representation): void {
    const { width = 0, height = 0, buffer } = representation
    if (buffer?.length !== width * height * 4)
      throw new TypeError('The pixels are not those of such a picture')
    this.representations.push(representation)
  }

  isEmpty = (): boolean => this.representations.length === 0
}

export const nativeImage = carried('nativeImage', { createEmpty: () => new NativeImage() })

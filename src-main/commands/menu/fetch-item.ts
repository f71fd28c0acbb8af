import { fetchOnce, fetchText } from '../fetch-tickets.ts'
import { tellDone } from './tell.ts'
import type { MenuWorld } from './world.ts'

/** Fetches what is new now. */
export async function fetchItem({ io, client }: MenuWorld): Promise<void> {
  tellDone(io, fetchText(await fetchOnce(client, io)))
}

/** Ids of rows, in as little memory as many of them need: those of Jira are numbers. */
export interface SeenIds {
  /** False where it was there already. */
  add(id: string): boolean
}

const FIRST_SIZE = 1_024
const PLAIN_NUMBER = /^[1-9]\d{0,14}$/

export function createSeenIds(): SeenIds {
  const others = new Set<string>()
  /** Open addressing; 0 is a free place, and no id. */
  let places = new Float64Array(FIRST_SIZE)
  let count = 0
  const placeOf = (id: number): number => {
    const mask = places.length - 1
    let place = Math.imul(id, 0x9e3779b1) & mask
    while (places[place] !== 0 && places[place] !== id) place = (place + 1) & mask
    return place
  }
  const grow = (): void => {
    const former = places
    places = new Float64Array(former.length * 2)
    for (const id of former) if (id !== 0) places[placeOf(id)] = id
  }
  return {
    add(id) {
      if (!PLAIN_NUMBER.test(id)) return others.size < others.add(id).size
      const place = placeOf(Number(id))
      if (places[place] !== 0) return false
      places[place] = Number(id)
      if (++count * 2 > places.length) grow()
      return true
    },
  }
}

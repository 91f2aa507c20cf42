import { type Carrier, callsBy } from '#test/support/call.ts'
import { differences } from '#test/support/kills/snapshot.ts'
import { type Place, placeOf } from '#test/support/kills/world.ts'
import {
  type Played,
  play,
  refusedSteps,
  type Script,
  scripts,
  seen,
  toldOtherwise,
} from './scripts.ts'

export type Carriers = Record<'calm' | 'chaotic', Carrier>
/** One script, played in peace and played amidst all that fails. */
export type Pair = { calm: Played; chaotic: Played; faults: string[] }
type Places = Record<'calm' | 'chaotic', Place>
type Playing = {
  seed: number
  /** Of an organisation for each script. */
  tokens: string[]
  carriers: Carriers
}

const players = 4
const scriptMs = 15_000
const mostTries = 6

/** How many scripts are played in so many seconds at most. */
export const mostScripts = (seconds: number): number =>
  players * Math.max(1, Math.ceil((seconds * 1_000) / scriptMs)) + mostTries

/**
 * Makes an event for each of some players; gives how they play all cases of all routes, and go on with another order and
 * another event until a moment. No route is left out.
 */
export async function readyToPlay({ seed, tokens, carriers }: Playing) {
  const left = tokens.values()
  const furnished = async (): Promise<Places | undefined> => {
    const { value: token } = left.next()
    return token === undefined ? undefined : placesOf(token, carriers)
  }
  // One more for what is refused at first.
  const first = await Promise.all([...Array(players + 1).keys()].map(furnished))
  return async (until: number): Promise<Pair[]> => {
    const pairs: Pair[] = []
    const perform = async (script: Script, places: Places | undefined) => {
      if (places) pairs.push(await playedTwice(script, places, carriers))
    }
    const player = async (n: number) => {
      for (let round = 0; round === 0 || Date.now() + scriptMs < until; round += 1) {
        const places = round === 0 ? first[n] : await furnished()
        await perform(scripts(seed + round, players)[n] ?? [], places)
      }
    }
    await Promise.all([...Array(players).keys()].map(player))
    for (let tries = 0; tries < mostTries; tries += 1) {
      const calm = pairs.map((pair) => pair.calm)
      const refused = refusedSteps(seed + tries, calm)
      if (refused.length > 0)
        await perform(refused, tries === 0 ? first[players] : await furnished())
    }
    return pairs
  }
}

async function placesOf(token: string, carriers: Carriers): Promise<Places> {
  const [calm, chaotic] = await Promise.all([
    callsBy(carriers.calm, () => placeOf(token)),
    callsBy(carriers.chaotic, () => placeOf(token)),
  ])
  return { calm, chaotic }
}

async function playedTwice(script: Script, places: Places, carriers: Carriers): Promise<Pair> {
  const [calm, chaotic] = await Promise.all([
    callsBy(carriers.calm, () => play(script, places.calm)),
    callsBy(carriers.chaotic, () => play(script, places.chaotic)),
  ])
  return { calm, chaotic, faults: toldOtherwise(calm, chaotic) }
}

/** Where the event of a script is another than the one that was left in peace. */
export async function seenOtherwise(pairs: Pair[], carriers: Carriers): Promise<string[]> {
  const found: string[] = []
  for (const { calm, chaotic } of pairs) {
    const [due, there] = await Promise.all([
      callsBy(carriers.calm, () => seen(calm)),
      callsBy(carriers.chaotic, () => seen(chaotic)),
    ])
    found.push(...differences(due.snapshot, there.snapshot), ...there.faults)
  }
  return found.map((one) => `an event of a script: ${one}`)
}

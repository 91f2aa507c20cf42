import { Webhook } from 'standardwebhooks'
import { follow, load, type Mirror } from '#examples/mirror.ts'
import { askOf } from '#examples/run.ts'
import type { Told } from '#test/support/changes.ts'
import { disorderOf, everyChange } from '#test/support/feed-order.ts'
import { type Got, receiver } from '#test/support/webhooks.ts'
import type { Ask } from './client.ts'

/** An event whose changes are followed from here on. */
export async function mirrorOf(event: string, token: string) {
  const ask = askOf(event, token)
  const before = await load(ask)
  return {
    /** Where the feed is in disorder, or a copy that followed it is not what a fresh one is. */
    async faults(): Promise<string[]> {
      const all = await everyChange(ask)
      const fresh = await load(ask)
      let mirror = before
      for (let tries = 0; tries < 100 && mirror.at < fresh.at; tries += 1)
        mirror = await follow(ask, mirror, 0)
      const isSame = JSON.stringify(plain(mirror)) === JSON.stringify(plain(fresh))
      return [...disorderOf(all), ...(isSame ? [] : [differenceOf(mirror, fresh)])]
    },
    changes: async () => (await everyChange(ask)).filter(({ sequence }) => sequence > before.at),
  }
}

const plain = ({ things, links }: Mirror) => [[...things].sort(), [...links].sort()]

function differenceOf(mirror: Mirror, fresh: Mirror): string {
  const without = [...fresh.links].filter((link) => !mirror.links.has(link))
  const more = [...mirror.links].filter((link) => !fresh.links.has(link))
  const things = [...new Set([...fresh.things.keys(), ...mirror.things.keys()])].filter(
    (id) => JSON.stringify(fresh.things.get(id)) !== JSON.stringify(mirror.things.get(id)),
  )
  return `a mirror lacks ${without.slice(0, 5)}, has ${more.slice(0, 5)} and differs in ${things.slice(0, 5)}`
}

/** A receiver that is sent every change of an event from here on. */
export async function hookedTo(event: string, ask: Ask) {
  const { url, got, answers, stop } = await receiver()
  const { body } = await ask('POST', `/events/${event}/webhooks`, { body: { url } })
  const verify = new Webhook(body.secret)
  const unsigned: string[] = []
  // As it comes: a signature holds for five minutes.
  const check = ({ id, text, headers }: Got) => {
    try {
      verify.verify(text, headers as Record<string, string>)
    } catch (error) {
      unsigned.push(`${id} is not signed: ${error}`)
    }
  }
  got.forEach(check)
  answers((response, one) => {
    check(one)
    response.end()
  })
  return {
    stop,
    received: () => got.length,
    /** Which of these changes never came, and what came without being among them or without a right signature. */
    faults(changes: Told[]): string[] {
      const came = new Set(got.map(({ id }) => id))
      const told = new Set(changes.map(({ change_id }) => change_id))
      const from = changes.findIndex(({ object_id }) => object_id === body.webhook_id)
      return [
        ...changes
          .slice(from)
          .filter(({ change_id }) => !came.has(change_id))
          .map(({ change_id, type }) => `a webhook was never sent ${change_id}, ${type}`),
        ...[...came].filter((id) => !told.has(id)).map((id) => `${id} was sent and is not told`),
        ...unsigned,
      ]
    },
  }
}

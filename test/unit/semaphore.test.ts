import { expect, it } from 'vitest'
import { withPermit } from '#lib/base/semaphore.ts'

const late = () => new Error('late')
const gate = () => Promise.withResolvers<string>()

it('answers in time for work that goes on in its place', async () => {
  const [first, second, third] = [gate(), gate(), gate()]
  const started: string[] = []
  const running = (name: string, work: Promise<string>) => () => {
    started.push(name)
    return work
  }
  const slow = [withPermit(running('first', first.promise), 20, late)]
  slow.push(withPermit(running('second', second.promise), 20, late))
  const waiting = withPermit(running('third', third.promise), 20_000, late)
  for (const each of slow) await expect(each).rejects.toThrow('late')
  expect(started).toEqual(['first', 'second'])
  second.resolve('too late for anybody')
  third.resolve('in time')
  expect(await waiting).toBe('in time')
  expect(started).toEqual(['first', 'second', 'third'])
  first.resolve('too late for anybody')
})

it('frees the place of work that failed', async () => {
  for (let round = 0; round < 20; round++) {
    const failing = withPermit(() => Promise.reject(new Error('broken')), 20_000, late)
    await expect(failing).rejects.toThrow('broken')
  }
  expect(await withPermit(async () => 'alive', 20_000, late)).toBe('alive')
})

import { expect, test } from 'vitest'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { email, mentions, personWithHistory } from '#test/support/person-with-history.ts'

test('erases the rest wherever the clean-up is killed', async () => {
  for (let n = 0; ; n += 2) {
    const { at, id, eve } = await personWithHistory()
    const org = await scopeOf(at)
    await at.ask('DELETE', `/people/resources/${id}?erase=true`)
    crashAfter(n)
    await runJobs(Date.now() + 20_000).catch(() => undefined)
    restart()
    const unfinished = (await mentions(org, email)).length > 0
    await runAllJobs()
    for (const trace of [email, 'Quillfeather', id]) {
      expect(await mentions(org, trace), `${n} ${trace}`).toEqual([])
    }
    expect((await eve.ask('GET', '/people/me/meetings')).body).toEqual([])
    if (!unfinished) break
  }
}, 120_000)

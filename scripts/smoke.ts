import { clientOf } from './operator/client.ts'
import { command, operatorError } from './operator/sentence.ts'
import { smokeSteps } from './operator/smoke-steps.ts'

// Does on a deployment what the README shows, and takes it all away again: npm run smoke -- <url> <token>
await command(async () => {
  const [url = '', token = ''] = process.argv.slice(2)
  if (!/^https?:\/\//.test(url) || token === '') {
    throw operatorError(
      'npm run smoke -- <url> <token>, for example https://….amazonaws.com/api/v2 plk_…',
    )
  }
  const ask = clientOf(/\/api\/v2\/*$/.test(url) ? url : `${url.replace(/\/+$/, '')}/api/v2`, token)
  const run = { ask, event: '', started: Date.now() }
  try {
    for (const [says, step] of Object.entries(smokeSteps)) {
      await step(run)
      console.log(`ok  ${says}`)
    }
  } finally {
    if (run.event) await ask('DELETE', `/events/${run.event}`)
  }
  const { status } = await ask('GET', `/events/${run.event}`)
  if (status !== 404) throw operatorError(`The event ${run.event} is still there: ${status}.`)
  console.log(`ok  leaves nothing behind (${((Date.now() - run.started) / 1000).toFixed(1)} s)`)
})

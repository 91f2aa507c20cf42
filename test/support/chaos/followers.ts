import { setTimeout as sleep } from 'node:timers/promises'
import { handler as deliver } from '#functions/deliver.ts'
import { handler as feed } from '#functions/feed.ts'
import { keepFollowing } from '#infra/local/following.ts'
import { switchOnStream } from '#infra/local/stream.ts'
import { setLogSink } from '#lib/base/log.ts'
import { isFollowed } from '#lib/store/feed/followed.ts'
import { isWaking } from '#lib/store/webhooks/due.ts'

// Feed and webhooks as a process of its own: node followers.ts FOLDER, with DYNAMODB_ENDPOINT and TABLE_NAME. Where it is
// killed, and begun anew, the records that it had are given again.
setLogSink(() => undefined)
const silent = () => undefined
const [, , folder = ''] = process.argv
const { DYNAMODB_ENDPOINT: endpoint = '', TABLE_NAME: table = '' } = process.env
const stream = { endpoint, arn: await streamOf() }
keepFollowing(stream, folder, { name: 'Feed', handler: feed, takes: isFollowed }, silent)
keepFollowing(stream, folder, { name: 'Webhooks', handler: deliver, takes: isWaking }, silent)
setInterval(() => void deliver({ due: true }).catch(silent), 1_000)

/** The engine may be the next that was killed. */
async function streamOf(): Promise<string> {
  for (;;) {
    const arn = await switchOnStream(endpoint, table).catch(silent)
    if (arn !== undefined) return arn
    await sleep(200)
  }
}

import { loadHandlers } from '#infra/local/functions.ts'
import { startGateway } from '#infra/local/gateway.ts'
import { engines } from './engines.ts'

/** The handlers behind the gateway of `npm start`, on a port of its own, for what comes over HTTP. */
export async function served(): Promise<{ url: string; stop: () => Promise<void> }> {
  const { s3 } = await engines()
  const handlers = await loadHandlers()
  const gateway = await startGateway({ port: 0, handlers, objects: s3.objects })
  return { url: `http://127.0.0.1:${gateway.port}`, stop: () => gateway.stop(0) }
}

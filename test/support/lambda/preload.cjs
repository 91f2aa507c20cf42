// Loaded before AWS's runtime client: sends what goes to AWS to this machine, and stands in for the client's
// native half (rapid-client.node, which npm builds with a compiler) where that was not built.
const http = require('node:http')
const https = require('node:https')
const Module = require('node:module')
const { existsSync } = require('node:fs')

const cloudPort = Number(process.env.PRELOAD_CLOUD_PORT)
delete process.env.PRELOAD_CLOUD_PORT
delete process.env.NODE_OPTIONS

https.request = (options, answered) => {
  const host = options.hostname ?? options.host
  if (!String(host).endsWith('.amazonaws.com')) throw new Error(`nobody may call ${host} here`)
  const here = { host: '127.0.0.1', hostname: '127.0.0.1', port: cloudPort, protocol: 'http:' }
  return http.request({ ...options, ...here, agent: undefined }, answered)
}

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`
let posted = Promise.resolve()
const post = (path, body) => {
  posted = posted.then(() => fetch(api + path, { method: 'POST', body })).then((one) => one.text())
}
const standIn = {
  async next() {
    await posted
    const answer = await fetch(`${api}/next`)
    return { bodyJson: await answer.text(), headers: Object.fromEntries(answer.headers) }
  },
  done: (id, body) => post(`/${id}/response`, body),
  error: (id, body) => post(`/${id}/error`, body),
}

const load = Module._load
Module._load = function (request, parent, ...rest) {
  const isNative = request.endsWith('rapid-client.node')
  if (isNative && !existsSync(new URL(request, `file://${parent.filename}`))) return standIn
  return load.call(this, request, parent, ...rest)
}

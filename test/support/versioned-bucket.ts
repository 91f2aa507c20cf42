import { createServer } from 'node:http'

/** As much of a versioned bucket, and of CloudWatch Logs, as is asked when everything is deleted. */
export async function versionedBucket(versions: [string, string][]) {
  const left = new Map(versions.map(([key, version]) => [`${key} ${version}`, { key, version }]))
  const gone: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { method, url = '' } = request
      const name = url.slice(1).split(/[/?]/)[0] ?? ''
      if (request.headers['x-amz-target']) gone.push(JSON.parse(body).logGroupName)
      else if (method === 'GET') return response.end(listing([...left.values()].slice(0, 2)))
      else if (method === 'POST') {
        const pairs = /<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/g
        for (const [, key, version] of body.matchAll(pairs)) left.delete(`${key} ${version}`)
        return response.end('<DeleteResult/>')
      } else if (method === 'DELETE') {
        response.statusCode = left.size > 0 ? 409 : 204
        if (left.size === 0) gone.push(name)
      }
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { endpoint: `http://127.0.0.1:${port}`, left, gone, stop }
}

function listing(some: { key: string; version: string }[]): string {
  const rows = some.map(
    ({ key, version }) => `<Version><Key>${key}</Key><VersionId>${version}</VersionId></Version>`,
  )
  return `<ListVersionsResult>${rows.join('')}<IsTruncated>false</IsTruncated></ListVersionsResult>`
}

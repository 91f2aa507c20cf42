import { bodyOf, onLoopback } from './loopback.ts'

/** As much of a versioned bucket, and of CloudWatch Logs, as is asked when everything is deleted. */
export async function versionedBucket(versions: [string, string][]) {
  const left = new Map(versions.map(([key, version]) => [`${key} ${version}`, { key, version }]))
  const gone: string[] = []
  const server = await onLoopback(async (request, response) => {
    const body = String(await bodyOf(request))
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
  return { ...server, left, gone }
}

function listing(some: { key: string; version: string }[]): string {
  const rows = some.map(
    ({ key, version }) => `<Version><Key>${key}</Key><VersionId>${version}</VersionId></Version>`,
  )
  return `<ListVersionsResult>${rows.join('')}<IsTruncated>false</IsTruncated></ListVersionsResult>`
}

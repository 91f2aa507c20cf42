import { afterAll, describe, expect, it } from 'vitest'
import { type FetchOptions, fetchPicture, filenameOf } from '#lib/base/images/fetch.ts'
import { forbiddenHosts, forbiddenUrls } from '#test/support/forbidden-hosts.ts'
import { hostileHosts, serving } from '#test/support/hostile-hosts.ts'
import { photo } from '#test/support/photos.ts'
import {
  closedAddress,
  lostAddress,
  pictureHosts,
  publicAddress,
} from '#test/support/picture-hosts.ts'

const source = await photo({ width: 300, height: 300 })
const addressOf = (spelled: string) => {
  const name = URL.parse(`http://${spelled}/`)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
  return /localhost/.test(name) ? '127.0.0.1' : name
}
const numbered = (prefix: string, answers: (address: string) => string[][]) =>
  Object.fromEntries(
    forbiddenHosts.map((each, index) => [`${prefix}${index}.example`, answers(addressOf(each))]),
  )
const hosts = await pictureHosts(serving(source), {
  ...numbered('private', (address) => [[address]]),
  ...numbered('mixed', (address) => [[publicAddress, address]]),
  ...numbered('rebinding', (address) => [[publicAddress], [address]]),
  'closed.example': [[closedAddress]],
  'lost.example': [[lostAddress]],
  'empty.example': [[]],
})
afterAll(hosts.close)

const answerTo = (url: string, options: FetchOptions = hosts) =>
  fetchPicture(url, { ...options, field: 'upload_picture.url' }).then(
    ({ bytes }) => `${bytes.length} bytes`,
    ({ reason, message, detail }) => ({ reason, message, detail }),
  )
const answersTo = (urls: string[]) => Promise.all(urls.map((url) => answerTo(url)))

const refusal = {
  reason: 'picture_url_refused',
  message: 'The picture cannot be fetched from that address.',
  detail: { field: 'upload_picture.url' },
}
const redirectTo = (url: string) => `http://photos.example/to?${encodeURIComponent(url)}`

it('names a downloaded picture after the last segment of its URL', async () => {
  const fetched = await fetchPicture('http://photos.example/a/My%20photo.jpg?size=1', hosts)
  expect(fetched.filename).toBe('My photo.jpg')
  expect(fetched.bytes.equals(source)).toBe(true)
})

it('names a picture after the URL that was asked for, three redirects before', async () => {
  const fetched = await fetchPicture('http://photos.example/hop/3', hosts)
  expect(fetched).toMatchObject({ filename: '3', bytes: source })
})

it('follows http to https, but not back', async () => {
  expect(await answerTo(redirectTo('https://photos.example/photo.jpg'))).toMatch(/bytes/)
  const back = redirectTo('http://photos.example/photo.jpg').replace('http:', 'https:')
  expect(await answerTo(back)).toEqual(refusal)
})

describe.concurrent('with one and the same answer, before a packet leaves,', () => {
  it('refuses every forbidden host', async () => {
    const answers = await answersTo(forbiddenHosts.map((each) => `http://${each}/photo.jpg`))
    expect(new Set(answers.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify(refusal)]),
    )
  })

  it('refuses every forbidden scheme, port, credential, fragment and length', async () => {
    for (const answer of await answersTo(forbiddenUrls)) expect(answer).toEqual(refusal)
  })

  it('refuses a redirect to any of them', async () => {
    const targets = [...forbiddenHosts.map((each) => `http://${each}/`), ...forbiddenUrls]
    const read = targets.filter(
      (url) => url.trim() && URL.parse(url, 'http://x.example/')?.hash === '',
    )
    const written = read.filter((url) => url.length < 1_000 && !/^(\/\/)?photos/.test(url))
    for (const answer of await answersTo(written.map(redirectTo))) expect(answer).toEqual(refusal)
  })

  it('refuses a name that leads to any of them', async () => {
    const names = forbiddenHosts.map((_, index) => `http://private${index}.example/photo.jpg`)
    for (const answer of await answersTo(names)) expect(answer).toEqual(refusal)
  })

  it('refuses a name with one forbidden address among public ones', async () => {
    const names = forbiddenHosts.map((_, index) => `http://mixed${index}.example/photo.jpg`)
    for (const answer of await answersTo(names)) expect(answer).toEqual(refusal)
  })

  it('refuses a name that leads elsewhere when it is asked again', async () => {
    const names = forbiddenHosts.map((_, index) => `http://rebinding${index}.example/hop/1`)
    for (const answer of await answersTo(names)) expect(answer).toEqual(refusal)
  })

  it('refuses what never answers: unknown names, closed ports, hosts that swallow packets', async () => {
    const names = ['closed', 'lost', 'empty', 'unknown'].map((each) => `http://${each}.example/`)
    for (const answer of await answersTo(names)) expect(answer).toEqual(refusal)
  })
})

it('has not let one connection through', () => {
  expect(hosts.canary()).toBe(0)
})

it('connects to the very address that was checked', async () => {
  const seen: string[] = []
  const options: FetchOptions = {
    lookup: async (name) => {
      seen.push(name)
      return seen.length === 1 ? [publicAddress] : ['127.0.0.1']
    },
    connect: (address, port) => {
      seen.push(`${address}:${port}`)
      return hosts.connect(address, port)
    },
  }
  expect(await answerTo('http://once.example/photo.jpg', options)).toMatch(/bytes/)
  expect(seen).toEqual(['once.example', `${publicAddress}:80`])
})

it('takes as long over a private name as over a silent serving, so that time tells nothing', async () => {
  const started = performance.now()
  const waits = ['private0', 'closed', 'unknown', 'lost'].map(async (name) => {
    await answerTo(`http://${name}.example/`)
    return performance.now() - started
  })
  for (const wait of await Promise.all(waits)) expect(wait).toBeGreaterThan(2_990)
})

it('drops every hostile host with a refusal', async () => {
  expect(hostileHosts.length).toBeGreaterThanOrEqual(20)
  const before = process.memoryUsage.rss()
  const answers = await Promise.all(
    hostileHosts.map(
      async ({ path }) => [path, await answerTo(`http://photos.example/${path}`)] as const,
    ),
  )
  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(
      hostileHosts.map(({ path, verdict }) => [path, expect.objectContaining({ reason: verdict })]),
    ),
  )
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024)
  expect(hosts.open()).toBe(0)
}, 15_000)

it('has one text for all failures of a host', async () => {
  const failures = ['is not found', 'is broken', 'sends a gzip bomb', 'redirects nowhere']
  const answers = await answersTo(failures.map((each) => `http://photos.example/${each}`))
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
})

it('takes bodies of up to 10 MiB', async () => {
  for (const [size, answer] of [
    [10 * 1024 * 1024, `${10 * 1024 * 1024} bytes`],
    [10 * 1024 * 1024 + 1, expect.objectContaining({ reason: 'picture_fetch_failed' })],
  ] as const) {
    const generous = await pictureHosts(serving(Buffer.alloc(size)))
    expect(await answerTo('http://photos.example/photo.jpg', generous)).toEqual(answer)
    await generous.close()
  }
})

it('takes URLs of up to 2,048 characters', async () => {
  const url = 'http://photos.example/photo.jpg?'
  expect(await answerTo(url.padEnd(2_048, 'a'))).toMatch(/bytes/)
  expect(await answerTo(url.padEnd(2_049, 'a'))).toEqual(refusal)
})

const names: [string, string][] = [
  ['/photo.jpg', 'photo.jpg'],
  ['/a/b/c.png?x=/d.png', 'c.png'],
  ['/%D0%B0%D0%BD%D0%BD%D0%B0.jpg', 'анна.jpg'],
  ['/..%2f..%2fetc%2fpasswd', 'passwd'],
  ['/..%5c..%5cboot.ini', 'boot.ini'],
  ['/a%00b%0d%0ac.jpg', 'abc.jpg'],
  ['/%E2%80%AEgpj.exe', 'gpj.exe'],
  ['/%zz.jpg', '%zz.jpg'],
  ['/', 'picture'],
  ['', 'picture'],
  ['/%2e%2e', 'picture'],
  ['/%2f', 'picture'],
  ['/evil.html', 'evil.html'],
  [`/${'n'.repeat(1_000)}.jpg`, 'n'.repeat(200)],
  [`/${'%F0%9F%98%80'.repeat(150)}`, '😀'.repeat(150)],
]
for (const [path, name] of names) {
  it(`names ${path.slice(0, 40) || 'a bare host'} ${name.slice(0, 40)}`, () => {
    expect(filenameOf(new URL(`http://photos.example${path}`))).toBe(name)
  })
}

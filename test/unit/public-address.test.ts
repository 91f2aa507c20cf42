import { expect, it } from 'vitest'
import { isPublicAddress } from '#lib/base/outgoing/address.ts'
import { forbiddenHosts } from '#test/support/forbidden-hosts.ts'

const addressOf = (host: string) =>
  URL.parse(`http://${host}/`)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? host

it('lets no special address pass, however it is spelled', () => {
  expect(forbiddenHosts.length).toBeGreaterThanOrEqual(60)
  expect(forbiddenHosts.filter((host) => isPublicAddress(addressOf(host)))).toEqual([])
})

it('lets the neighbours of every special range pass', () => {
  const neighbours = [
    ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
    ...['126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255'],
    ...[
      '172.32.0.0',
      '191.255.255.255',
      '192.0.1.0',
      '192.0.3.0',
      '192.167.255.255',
      '192.169.0.0',
    ],
    ...['198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255'],
    ...['203.0.114.0', '223.255.255.255', '93.184.216.34', '2001:200::1', '2001:db7:ffff::1'],
    ...['2001:db9::1', '2003::1', '2606:2800:220:1:248:1893:25c8:1946', '2a00:1450:4001::1'],
    ...['3ffe:ffff::1', '3fff:1000::1'],
  ]
  expect(neighbours.filter((address) => !isPublicAddress(address))).toEqual([])
})

it('takes nothing for an address that is none', () => {
  for (const text of [
    '',
    'localhost',
    '127.1',
    '1.1.1.1:80',
    '[::1]',
    '2606::1%eth0',
    '1.1.1.1 ',
  ]) {
    expect(isPublicAddress(text)).toBe(false)
  }
})

import { BlockList, isIP } from 'node:net'

/**
 * Whether an address, as a resolver or `URL` spells it, belongs to the public internet. Of IPv4 the special
 * ranges of the IANA registry are out. Of IPv6 only 2000::/3 is in, so that every form that embeds an IPv4
 * address (mapped, compatible, 64:ff9b::/96) and every range not yet given out stays forbidden unnamed.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  lists ??= blockLists()
  const { special, globalUnicast } = lists
  if (family === 4) return !special.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6')
}

let lists: ReturnType<typeof blockLists> | undefined

const ipv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
// Inside 2000::/3: protocol assignments with Teredo and ORCHID, documentation, 6to4, AS112.
const ipv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

function blockLists() {
  const [special, globalUnicast] = [new BlockList(), new BlockList()]
  for (const range of ipv4) special.addSubnet(...split(range), 'ipv4')
  for (const range of ipv6) special.addSubnet(...split(range), 'ipv6')
  globalUnicast.addSubnet('2000::', 3, 'ipv6')
  return { special, globalUnicast }
}

function split(range: string): [string, number] {
  const [net = '', bits] = range.split('/')
  return [net, Number(bits)]
}

/** The address of this machine that a host means, if it does. */
export const loopback = (host: string): string | undefined =>
  host === 'localhost' ? '127.0.0.1' : /^(127(\.\d{1,3}){3}|::1)$/.test(host) ? host : undefined

/** The host of a URL without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

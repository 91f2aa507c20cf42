import { Webhook } from 'standardwebhooks'

/**
 * What a webhook says, once its signature is seen to be right (https://www.standardwebhooks.com): `body` as it was
 * received, to the byte. Throws when it was not sent by whoever has the secret, or is older than five minutes.
 */
export function verifyWebhook<T = unknown>(
  secret: string,
  body: string,
  headers: Headers | Record<string, string | undefined>,
): T {
  const sent = headers instanceof Headers ? Object.fromEntries(headers) : headers
  const named = Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value ?? ''])
  return new Webhook(secret).verify(body, Object.fromEntries(named)) as T
}

/** The prefix that the page was opened under; its requests go nowhere else. */
const prefix = location.pathname.replace(/\/console\/?$/, '')

let token = ''
let event = ''

/** The token lives in this variable and is forgotten with the page. */
export const useToken = (text: string): void => {
  token = text
}
export const openEvent = (id: string): void => {
  event = id
}

export class Refusal extends Error {}

/** Calls the API; paths that begin with a dot are those of the event that is open. */
export async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<T> {
  const url = prefix + path.replace(/^\./, `/events/${encodeURIComponent(event)}`)
  const text =
    body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(text !== undefined && { 'content-type': type }),
    },
    ...(text !== undefined && { body: text }),
  })
  const said = await answer.text()
  if (answer.ok) {
    const read: T = said ? JSON.parse(said) : undefined
    return read
  }
  throw new Refusal(reasonOf(said, answer.status))
}

export const get = <T>(path: string): Promise<T> => ask<T>('GET', path)

function reasonOf(said: string, status: number): string {
  try {
    const {
      message,
      errors = [],
    }: { message?: string; errors?: { field: string; message: string }[] } = JSON.parse(said)
    return [
      message ?? `Status ${status}`,
      ...errors.map((one) => `${one.field}: ${one.message}`),
    ].join(' ')
  } catch {
    return `Status ${status}`
  }
}

// An app for attendees without a server of its own: it signs in by OpenID Connect and talks to the API from whatever
// origin the event names in `allowed_origins`. Open it with ?api=https://…/api/v2&event=…&issuer=https://…&client=…

const wanted = new URLSearchParams(location.search)
for (const name of ['api', 'event', 'issuer', 'client']) {
  if (wanted.has(name)) sessionStorage.setItem(name, wanted.get(name))
}
const [api, event, issuer, client] = ['api', 'event', 'issuer', 'client'].map((name) =>
  sessionStorage.getItem(name),
)
const home = location.origin + location.pathname
const heading = document.querySelector('h1')
const told = document.querySelector('[role=status]')
let token = ''

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))
const provider = async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).json()

/** Sends the browser to the issuer (authorization code with PKCE, RFC 7636). */
async function signIn() {
  const [verifier, state] = [random(), random()]
  sessionStorage.setItem('verifier', verifier)
  sessionStorage.setItem('state', state)
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: home,
    scope: 'openid email',
    state,
    code_challenge: base64url(hash),
    code_challenge_method: 'S256',
  })
  location.assign(`${(await provider()).authorization_endpoint}?${asked}`)
}

/** The ID token for the code that the issuer sent back; it lives in this page alone. */
async function tokenFor(code) {
  const { token_endpoint } = await provider()
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: client,
    redirect_uri: home,
    code,
    code_verifier: sessionStorage.getItem('verifier'),
  })
  const answer = await fetch(token_endpoint, { method: 'POST', body })
  return (await answer.json()).id_token
}

/** Asks the API; what writes may be sent again under its key without being done twice. */
async function ask(method, path, body) {
  const answer = await fetch(`${api}/events/${event}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method !== 'GET' && { 'idempotency-key': crypto.randomUUID() }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const said = await answer.json()
  if (!answer.ok) throw new Error(said.message)
  return said
}

/** A line with what can be done about it. */
function line(text, actions) {
  const item = document.createElement('li')
  const words = document.createElement('span')
  words.textContent = text
  item.append(words)
  for (const [label, act] of Object.entries(actions)) {
    const button = document.createElement('button')
    button.textContent = label
    button.setAttribute('aria-label', `${label}: ${text}`)
    button.onclick = () => act().then(show).catch(complain)
    item.append(button)
  }
  return item
}
const complain = ({ message }) => {
  told.textContent = message
}
const nameOf = ({ firstName, lastName }) => `${firstName} ${lastName}`.trim()

async function show() {
  const [{ name }, { session_list: all }, mine, { people_list: people }, connections, meetings] =
    await Promise.all([
      ask('GET', ''),
      ask('GET', '/sessions/resources?limit=100'),
      ask('GET', '/people/me/sessions'),
      ask('GET', '/people/directory?limit=100'),
      ask('GET', '/people/me/connections?limit=100'),
      ask('GET', '/people/me/meetings?limit=100'),
    ])
  heading.textContent = name
  const joined = new Set(mine.sessions.map(({ session_id }) => session_id))
  document.querySelector('#sessions').replaceChildren(
    ...all.map(({ session_id, session_name }) =>
      joined.has(session_id)
        ? line(`${session_name} ✓`, {
            Leave: () => ask('DELETE', `/people/me/sessions/${session_id}`),
          })
        : line(session_name, {
            Join: () =>
              ask('POST', '/people/me/sessions?waitlist=true', { session: { session_id } }),
          }),
    ),
  )
  const state = new Map(connections.map((one) => [one.userId, one]))
  document
    .querySelector('#people')
    .replaceChildren(
      ...people.map((person) => line(nameOf(person), actionsFor(person, state.get(person.id)))),
    )
  const names = new Map(people.map((person) => [person.id, nameOf(person)]))
  document.querySelector('#meetings').replaceChildren(
    ...meetings.map(({ id, status, senderUserId, receiverUserId, meetingStartTime }) => {
      const other = names.get(senderUserId) ?? names.get(receiverUserId) ?? ''
      const isAsked = status === 'CREATED' && names.has(senderUserId)
      return line(`${status} with ${other}, ${new Date(meetingStartTime).toLocaleString()}`, {
        ...(isAsked && {
          Book: () => ask('PUT', `/people/me/meetings/${id}`, { status: 'BOOKED' }),
        }),
      })
    }),
  )
  document.querySelector('main').hidden = false
}

function actionsFor({ id }, connection) {
  if (connection?.status === 'ACCEPT') return { Meet: () => meet(id) }
  if (connection?.request) {
    return { Accept: () => ask('PUT', `/people/${id}/connection`, { status: 'ACCEPT' }) }
  }
  return connection ? {} : { Connect: () => ask('POST', `/people/${id}/connection`) }
}

/** Asks for the first time at which both are free. */
async function meet(id) {
  const [slot] = await ask('GET', `/people/${id}/slots?duration=30&limit=1`)
  if (!slot) throw new Error('There is no time at which you could meet.')
  return ask('POST', `/people/${id}/meetings`, slot)
}

const code = wanted.get('code')
if (code && wanted.get('state') === sessionStorage.getItem('state')) {
  history.replaceState(null, '', home)
  token = await tokenFor(code)
  await show().catch(complain)
} else {
  const button = document.querySelector('#sign-in')
  button.hidden = false
  button.onclick = signIn
}

import { html, raw } from 'hono/html'
import { isHttpUrl } from '#lib/base/text.ts'
import type { Session } from '#lib/model/session.ts'
import type { ShownPerson } from '#lib/store/read/programme.ts'
import {
  clockText,
  dayText,
  frame,
  instants,
  isCancelled,
  type Piece,
  peopleOf,
  placeOf,
  trackClass,
  tracksOf,
  type View,
} from './page.ts'

/** One session with everything that anybody may read of it. */
export async function sessionPage(view: View, session: Session, lang?: string): Promise<string> {
  const { event, words, language, home } = view
  const place = placeOf(view, session)
  const people = peopleOf(view, session)
  const spoken = session.language ?? event.language
  const off = isCancelled(session)
  const [at] = instants(session, event.dates.zone)
  const back = lang === undefined ? home : `${home}?lang=${language}`
  const body = html`<header class="in head"><p class="over"><a href="${back}"><bdi>${event.name}</bdi> · ${words.back}</a></p><h1 class="${off ? 'off big' : ''}" dir="auto" lang="${spoken}">${session.name}</h1>${session.subtitle ? html`<p class="lead" dir="auto" lang="${spoken}">${session.subtitle}</p>` : ''}</header>
<main class="in" id="main"><div class="one"><ul class="facts">${off ? html`<li class="tag">${words.cancelled}</li>` : ''}<li>${dayText(session.date, language, true)}, ${clockText(session)} <small class="soft">(${event.dates.zone})</small> <small class="soft" data-own="${at}" hidden></small></li>${place ? html`<li dir="auto">${place}</li>` : ''}${tracksOf(view, session).map((track) => html`<li class="track ${trackClass(view, track.id)}"><bdi>${track.name}</bdi></li>`)}<li><a href="${home}/sessions/${session.id}/calendar.ics">${words.entry}</a></li></ul>
<div class="text" dir="auto" lang="${spoken}">${raw(session.description)}</div>${people.length > 0 ? html`<h2>${words.with}</h2><ul class="people">${people.map(personPiece)}</ul>` : ''}${linksOf(view, session)}</div></main><footer class="in foot"><p><a href="${back}">${words.back}</a></p></footer>`
  return frame(view, `${session.name} · ${event.name}`, body)
}

function personPiece({ name, title, company, picture }: ShownPerson): Piece {
  const does = [title, company].filter(Boolean).join(', ')
  const face = picture
    ? html`<img src="${picture}" alt="" width="72" height="72" loading="lazy">`
    : html`<span class="blank" aria-hidden="true">${[...name][0] ?? ''}</span>`
  return html`<li>${face}<span dir="auto"><b>${name}</b>${does ? html`<span class="soft">${does}</span>` : ''}</span></li>`
}

function linksOf({ words }: View, { links }: Session): Piece | string {
  const safe = links.filter(({ url }) => isHttpUrl(url))
  if (safe.length === 0) return ''
  return html`<h2>${words.links}</h2><ul>${safe.map(({ name, url }) => html`<li><a href="${url}" rel="noopener nofollow" dir="auto">${name || url}</a></li>`)}</ul>`
}

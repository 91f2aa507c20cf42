import { useState } from 'hono/jsx/dom'
import { ask } from './api.ts'
import { fieldOf, Shown, Table, textOf, useAnswer } from './parts.tsx'

type Report = {
  dry_run: boolean
  record_number: number
  created: number
  updated: number
  unchanged: number
  failed: number
  rows: {
    row: number
    status: string
    message?: string
    errors?: { field: string; message: string }[]
  }[]
}

/** Rows are tried first; only what was tried can be written. */
export function Import() {
  const [text, setText] = useState('')
  const [report, setReport] = useState<Report | undefined>(undefined)
  const [fault, setFault] = useState('')
  const [kind, setKind] = useState('people')
  const send = async (csv: string, dry: boolean) => {
    setFault('')
    try {
      const path = `./${kind}/resources/batch?mode=upsert&dry_run=${dry}`
      setReport(await ask<Report>('POST', path, csv, 'text/csv'))
      setText(csv)
    } catch (error) {
      setReport(undefined)
      setFault(textOf(error))
    }
  }
  const sent = (event: globalThis.Event) => {
    event.preventDefault()
    void send(fieldOf(event.target, 'rows'), true)
  }
  const chosen = async ({ target }: globalThis.Event) => {
    const file = target instanceof HTMLInputElement ? target.files?.[0] : undefined
    if (file) await send(await file.text(), true)
  }
  return (
    <>
      <h1>Import</h1>
      <p>
        CSV with a row of field names, at most 1,000 rows. Nothing is written before you say so.
      </p>
      <form onSubmit={sent}>
        <label class="field">
          What
          <select
            onChange={({ target }: globalThis.Event) => {
              if (target instanceof HTMLSelectElement) setKind(target.value)
              setReport(undefined)
            }}
          >
            <option value="people">People</option>
            <option value="sessions">Sessions</option>
          </select>
        </label>
        <label class="field">
          File
          <input type="file" accept=".csv,text/csv" onChange={chosen} />
        </label>
        <label class="field">
          Or the rows themselves
          <textarea
            name="rows"
            rows={6}
            placeholder="profile.first_name,profile.last_name,profile.email_address"
          />
        </label>
        <button type="submit">Try</button>
      </form>
      {fault && <p role="alert">{fault}</p>}
      {report && (
        <>
          <p role="status">
            {report.dry_run ? 'Tried' : 'Written'}: {report.record_number} rows, {report.created}{' '}
            new, {report.updated} changed, {report.unchanged} as they were, {report.failed} refused.
          </p>
          {report.dry_run && report.created + report.updated > 0 && (
            <button type="button" onClick={() => send(text, false)}>
              Write these rows
            </button>
          )}
          <Table
            label="Rows that were refused"
            head={['Row', 'Why']}
            empty="No row is refused."
            rows={report.rows
              .filter((one) => one.status === 'failed')
              .map((one) => [
                String(one.row),
                [
                  one.message,
                  ...(one.errors ?? []).map((fault) => `${fault.field}: ${fault.message}`),
                ].join(' '),
              ])}
          />
        </>
      )}
    </>
  )
}

type Webhook = {
  webhook_id: string
  url: string | null
  target: string
  types: string[]
  active: boolean
  disabled_reason: string | null
  pending: number
}
type Delivery = {
  delivery_id: string
  type: string
  status: string
  attempts: number
  next_attempt_at: string | null
  attempt_list: { attempted_at: string; status_code: number | null; error: string | null }[]
}

export function Webhooks() {
  const webhooks = useAnswer<Webhook[]>('./webhooks')
  return (
    <>
      <h1>Webhooks</h1>
      <Shown
        of={webhooks}
        as={(all) =>
          all.length === 0 ? (
            <p class="soft">No webhook yet.</p>
          ) : (
            all.map((one) => <Deliveries of={one} />)
          )
        }
      />
    </>
  )
}

function Deliveries({ of }: { of: Webhook }) {
  const [turn, setTurn] = useState(0)
  const [fault, setFault] = useState('')
  const path = `./webhooks/${of.webhook_id}/deliveries`
  const deliveries = useAnswer<Delivery[]>(`${path}?limit=50`, turn)
  const again = (id: string) =>
    ask('POST', `${path}/${id}/redeliver`).then(
      () => setTurn(turn + 1),
      (error) => setFault(textOf(error)),
    )
  return (
    <section>
      <h2>{of.url ?? of.target}</h2>
      <p class="soft">
        {of.types.join(', ')}.{' '}
        {of.active ? 'Active' : `Off: ${of.disabled_reason ?? 'switched off'}`}, {of.pending}{' '}
        pending.
      </p>
      {fault && <p role="alert">{fault}</p>}
      <Shown
        of={deliveries}
        as={(all) => (
          <Table
            label={`Deliveries to ${of.url ?? of.target}`}
            head={['What', 'Status', 'Tries', 'Last answer', '']}
            empty="Nothing was sent yet."
            rows={all.map((one) => [
              one.type,
              one.status,
              String(one.attempts),
              String(one.attempt_list.at(-1)?.status_code ?? one.attempt_list.at(-1)?.error ?? ''),
              <button type="button" onClick={() => again(one.delivery_id)}>
                Send again
              </button>,
            ])}
          />
        )}
      />
    </section>
  )
}

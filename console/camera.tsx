import { useEffect, useRef, useState } from 'hono/jsx/dom'
import decodeQR from 'qr/decode.js'

/** So often is the picture looked at, and for so long is a badge that stays before the camera the same one. */
const lookMs = 150
const sameMs = 4_000
const widest = 640

/** The camera of the device, which reads codes of badges until it is stopped; what it sees leaves the page as codes alone. */
export function Camera({ onCode }: { onCode: (code: string) => void }) {
  const [open, setOpen] = useState(false)
  const [fault, setFault] = useState('')
  return (
    <>
      <p>
        <button type="button" aria-pressed={open} onClick={() => setOpen(!open)}>
          {open ? 'Stop the camera' : 'Read badges by camera'}
        </button>
      </p>
      {open && <Seeing onCode={onCode} onFault={setFault} />}
      {fault && <p role="alert">{fault}</p>}
    </>
  )
}

function Seeing(props: { onCode: (code: string) => void; onFault: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  // Where and which way is chosen while the camera sees.
  const told = useRef(props.onCode)
  told.current = props.onCode
  useEffect(() => {
    let stream: MediaStream | undefined
    let isOver = false
    const codes = reader()
    const looking = setInterval(() => {
      const code = video.current && codes(video.current)
      if (code) told.current?.(code)
    }, lookMs)
    const start = async () => {
      props.onFault('')
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      if (isOver || !video.current) return stop()
      video.current.srcObject = stream
      await video.current.play()
    }
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    start().catch(() => props.onFault('There is no camera, or it may not be used here.'))
    return () => {
      isOver = true
      clearInterval(looking)
      stop()
    }
  }, [])
  return <video ref={video} class="camera" muted playsinline aria-label="What the camera sees" />
}

/** Reads the code in a picture, each once while it stays. */
function reader(): (video: HTMLVideoElement) => string | undefined {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  let [last, until] = ['', 0]
  return (video) => {
    if (!context || video.videoWidth === 0) return undefined
    const scale = Math.min(1, widest / video.videoWidth)
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const code = codeIn(context.getImageData(0, 0, canvas.width, canvas.height))
    if (code === undefined || (code === last && Date.now() < until)) return undefined
    ;[last, until] = [code, Date.now() + sameMs]
    return code
  }
}

function codeIn(picture: ImageData): string | undefined {
  try {
    return decodeQR(picture)
  } catch {
    // Most pictures have none.
    return undefined
  }
}

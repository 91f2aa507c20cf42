import { createHash } from 'node:crypto'
import sharp from 'sharp'

export type AvatarOptions = { side?: number; type?: 'jpeg' | 'png' }

/**
 * A square avatar of somebody who does not exist, for demo people: the same seed gives the same face. Drawn pixel
 * by pixel, since the decoder of the product blocks vector graphics in its process.
 */
export function avatar(seed: string, options: AvatarOptions = {}): Promise<Buffer> {
  const { side = 320, type = 'jpeg' } = options
  const paint = painter(seed)
  const raw = Buffer.alloc(side * side * 3)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      raw.set(paint((x + 0.5) / side, (y + 0.5) / side), (y * side + x) * 3)
    }
  }
  const image = sharp(raw, { raw: { width: side, height: side, channels: 3 } })
  return (type === 'png' ? image.png() : image.jpeg({ quality: 90 })).toBuffer()
}

type Colour = readonly [number, number, number]
type Shape = { colour: Colour; reach: (x: number, y: number) => number }

const skins: Colour[] = [
  [255, 219, 188],
  [241, 194, 155],
  [224, 172, 120],
  [172, 118, 80],
  [112, 74, 52],
]
const hairs: Colour[] = [
  [38, 30, 28],
  [84, 54, 36],
  [140, 90, 50],
  [214, 178, 110],
  [150, 150, 155],
  [150, 62, 38],
]
const clothes: Colour[] = [
  [45, 62, 100],
  [120, 48, 62],
  [54, 96, 88],
  [70, 70, 78],
  [196, 120, 64],
  [98, 78, 140],
]
const skies: [Colour, Colour][] = [
  [
    [214, 232, 248],
    [140, 176, 214],
  ],
  [
    [252, 234, 210],
    [232, 178, 140],
  ],
  [
    [222, 242, 224],
    [138, 190, 160],
  ],
  [
    [238, 226, 246],
    [176, 150, 206],
  ],
  [
    [250, 240, 196],
    [222, 190, 110],
  ],
]

function painter(seed: string): (x: number, y: number) => Colour {
  const dice = createHash('sha256').update(seed).digest()
  const pick = <T>(from: readonly [T, ...T[]] | T[], at: number, instead: T): T =>
    from[(dice[at] ?? 0) % from.length] ?? instead
  const shapes = figure(pick(skins, 0, grey), pick(hairs, 1, grey), pick(clothes, 2, grey), dice)
  const [light, dark] = pick(skies, 3, [grey, grey])
  return (x, y) => {
    let colour = mix(light, dark, (x + 2 * y) / 3)
    for (const shape of shapes) colour = mix(colour, shape.colour, cover(shape.reach(x, y)))
    return [Math.round(colour[0]), Math.round(colour[1]), Math.round(colour[2])]
  }
}

/** From back to front; the dice decide between long and short hair, a wide or narrow face, a smile, glasses. */
function figure(skin: Colour, hair: Colour, cloth: Colour, dice: Buffer): Shape[] {
  const wide = 0.155 + ((dice[4] ?? 0) % 5) * 0.006
  const long = (dice[5] ?? 0) % 2 === 0
  const fringe = 0.25 + ((dice[6] ?? 0) % 5) * 0.012
  const ink: Colour = [52, 40, 38]
  const shade = mix(skin, [120, 60, 40], 0.28)
  const eyes = [-0.065, 0.065].map((dx) => ({
    colour: ink,
    reach: oval(0.5 + dx, 0.435, 0.014, 0.019),
  }))
  return [
    {
      colour: hair,
      reach: long ? oval(0.5, 0.5, wide + 0.075, 0.31) : oval(0.5, 0.38, wide + 0.03, 0.2),
    },
    { colour: shade, reach: oval(0.5, 0.66, 0.075, 0.13) },
    { colour: cloth, reach: oval(0.5, 1.05, 0.36, 0.33) },
    { colour: shade, reach: oval(0.5, 0.735, 0.085, 0.055) },
    { colour: skin, reach: oval(0.5, 0.44, wide, 0.205) },
    { colour: hair, reach: both(oval(0.5, 0.4, wide + 0.02, 0.19), (_x, y) => fringe + 0.08 - y) },
    ...eyes,
    { colour: shade, reach: oval(0.5, 0.49, 0.016, 0.028) },
    { colour: [176, 84, 80], reach: both(oval(0.5, 0.545, 0.06, 0.038), (_x, y) => y - 0.552) },
    ...((dice[7] ?? 0) % 3 === 0 ? glasses(ink) : []),
  ]
}

const glasses = (colour: Colour): Shape[] =>
  [-0.065, 0.065].map((dx) => ({
    colour,
    reach: (x, y) => 0.005 - Math.abs(oval(0.5 + dx, 0.435, 0.047, 0.042)(x, y)),
  }))

/** How far a point lies inside an ellipse, in picture widths; negative outside. */
function oval(centreX: number, centreY: number, radiusX: number, radiusY: number) {
  return (x: number, y: number) =>
    (1 - Math.hypot((x - centreX) / radiusX, (y - centreY) / radiusY)) * Math.min(radiusX, radiusY)
}

const both = (one: Shape['reach'], other: Shape['reach']) => (x: number, y: number) =>
  Math.min(one(x, y), other(x, y))

// A soft edge of about one pixel.
const cover = (reach: number) => Math.min(1, Math.max(0, reach * 250 + 0.5))

const grey: Colour = [128, 128, 128]

function mix(from: Colour, to: Colour, share: number): Colour {
  const at = (index: 0 | 1 | 2) => from[index] + (to[index] - from[index]) * share
  return [at(0), at(1), at(2)]
}

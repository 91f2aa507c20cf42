import { bulkBench } from './bulk.ts'
import { calendarBench } from './calendar.ts'
import { coldBench } from './cold.ts'
import { conflictsBench } from './conflicts.ts'
import { doorBench } from './door.ts'
import { exportsBench } from './exports.ts'
import { feedBench } from './feed.ts'
import { gatewayBench } from './gateway.ts'
import { handlersBench } from './handlers.ts'
import { heatBench } from './heat.ts'
import { listsBench } from './lists.ts'
import { memoryBench } from './memory.ts'
import { pairingBench } from './pairing.ts'
import { peopleBench } from './people.ts'
import { personalBench } from './personal.ts'
import { picturesBench } from './pictures.ts'
import { programmeBench } from './programme.ts'
import { referenceBench } from './reference.ts'
import { schedulesBench } from './schedules.ts'
import { sessionsBench } from './sessions.ts'
import { shortBench } from './short.ts'
import { unitsBench } from './units.ts'

export type Measure = { name: string; value: number; limit: number; unit: string }

const pictures = async (): Promise<Measure[]> =>
  (await picturesBench()).map(({ name, ratio, limit }) => ({
    name: `${name} against bare sharp`,
    value: ratio,
    limit,
    unit: '×',
  }))

export const benches: Record<string, () => Promise<Measure[]>> = {
  short: shortBench,
  cold: () => coldBench(),
  handlers: () => handlersBench(),
  gateway: () => gatewayBench(),
  memory: memoryBench,
  people: () => peopleBench(),
  pictures,
  pairing: pairingBench,
  sessions: () => sessionsBench(),
  calendar: () => calendarBench(),
  reference: referenceBench,
  programme: () => programmeBench(),
  door: () => doorBench(),
  heat: () => heatBench(),
  conflicts: () => conflictsBench(),
  schedules: () => schedulesBench(20_000, 400),
  units: unitsBench,
  personal: personalBench,
  lists: listsBench,
  feed: () => feedBench(),
  exports: () => exportsBench(),
  bulk: () => bulkBench(),
}

import type { Candidate } from '#lib/model/pairing/score.ts'

const SUBJECTS =
  'agriculture,aviation,banking,biotech,climate,cloud,construction,cyber security,data,design,education,energy,fashion,film,finance,food,gaming,health,hospitality,hr,insurance,law,logistics,machine learning,manufacturing,marketing,media,mobility,music,privacy,product,public sector,quantum,real estate,retail,robotics,sales,semiconductors,space,sports,supply chain,telecom,tourism,venture capital,water'.split(
    ',',
  )
const ASPECTS = ['', ' strategy', ' analytics', ' startups', ' regulation']
const ROLES =
  'engineer,founder,investor,product manager,researcher,designer,head of sales,cfo,cto,journalist,lawyer,recruiter,student,professor,consultant'.split(
    ',',
  )

/** People with tastes that lean to the popular; the same for the same seed. */
export function somePeople(count: number, seed: number): Candidate[] {
  const draw = generator(seed)
  const topics = SUBJECTS.flatMap((subject) => ASPECTS.map((aspect) => subject + aspect))
  const some = (from: readonly string[], most: number) => {
    const chosen = new Set<string>()
    const wanted = Math.floor(draw() * (most + 1))
    while (chosen.size < wanted) chosen.add(from[Math.floor(from.length * draw() ** 1.7)] ?? '')
    return [...chosen]
  }
  return Array.from({ length: count }, (_, place) => ({
    id: `per_${place.toString(36).padStart(5, '0')}`,
    interests: some(topics, 8),
    knows: some(topics, 6),
    wantsToLearn: some(topics, 6),
    wantsToMeet: some(ROLES, 3),
    title: ROLES[Math.floor(ROLES.length * draw())] ?? '',
    company: `Company ${Math.floor((count / 3) * draw())}`,
  }))
}

/** Numbers in [0, 1), by mulberry32. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

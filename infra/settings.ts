import type { App } from 'aws-cdk-lib'
import { limits } from '#lib/base/limits.ts'

/** What an operator may set for a deployment: `-c name=value`, or in cdk.context.json, for all stages or one. */
export type Settings = {
  /** '' is the stack "Plenary"; any other name makes "Plenary-<stage>". */
  stage: string
  /** A table or bucket that is there already, to be used in place of a new one. */
  tableName: string
  /** The stream of that table: without it nobody would follow its changes. */
  tableStreamArn: string
  bucketName: string
  alarmEmail: string
  /** Dollars a month for the whole account, beyond which a mail is sent; 0 makes no budget. */
  budget: number
  requestsPerSecond: number
  requestBurst: number
  /** Requests a second that one token may send to one function instance, by its role. */
  attendeeRequests: number
  scannerRequests: number
  tokenRequests: number
  picturesPerSecond: number
  pictureBurst: number
  /** Lambdas kept for pictures and at most used by them; 0 keeps none, as accounts with a small quota must. */
  picturesConcurrency: number
  /** The account's quota of Lambdas at once, of which 80 % raise the alarm. */
  lambdaQuota: number
  /** Megabytes for every function, in place of what `groups.ts` says. */
  memoryMb: number
  /** Figures by route in CloudWatch: 30 cents a month for each figure of each route that is used. */
  routeMetrics: boolean
  logDays: number
  logPersonalDays: number
  /** Days for which changes are kept. */
  changesDays: number
  domainName: string
  certificateArn: string
  picturesDomainName: string
  /** Of us-east-1, as CloudFront wants it. */
  picturesCertificateArn: string
  /** CloudFront's log of pictures; its buckets may not be in most of the opt-in regions. */
  cdnLogs: boolean
  /** A web ACL of scope CLOUDFRONT; HTTP APIs take none. */
  webAclArn: string
  /** `name=value,name=value` */
  tags: string
  terminationProtection: boolean
  /** Reads and writes per second that the table takes at once; 0 leaves it to DynamoDB. */
  warmReads: number
  warmWrites: number
}

export const defaults: Settings = {
  stage: '',
  tableName: '',
  tableStreamArn: '',
  bucketName: '',
  alarmEmail: '',
  budget: 0,
  requestsPerSecond: 500,
  requestBurst: 1000,
  attendeeRequests: limits.attendeeRequests.value,
  scannerRequests: limits.scannerRequests.value,
  tokenRequests: limits.tokenRequests.value,
  picturesPerSecond: 20,
  pictureBurst: 40,
  picturesConcurrency: 0,
  lambdaQuota: 1000,
  memoryMb: 0,
  routeMetrics: false,
  logDays: 30,
  logPersonalDays: 180,
  changesDays: 30,
  domainName: '',
  certificateArn: '',
  picturesDomainName: '',
  picturesCertificateArn: '',
  cdnLogs: true,
  webAclArn: '',
  tags: '',
  terminationProtection: true,
  warmReads: 0,
  warmWrites: 0,
}

/** A mistake that whoever deploys can put right: one sentence, no stack. */
const settingError = (message: string): Error =>
  Object.assign(new Error(message), { name: 'SettingError' })

/** Reads the settings of the stage that `-c stage=` names; what is said for it alone wins over what is said for all. */
export function readSettings(app: App): Settings {
  const stage = text('stage', app.node.tryGetContext('stage') ?? '')
  if (!/^([a-z][a-z0-9-]{0,20})?$/.test(stage)) {
    throw settingError('stage takes up to 21 lower-case letters, digits and hyphens.')
  }
  const own = stageContext(app, stage)
  refuseUnknown(own, stage)
  refuseMisspelt(app)
  const found = Object.entries(defaults).map(([name, fallback]) => {
    const sent = own[name] ?? app.node.tryGetContext(name)
    return [name, sent === undefined ? fallback : parsers[typeof fallback]?.(name, sent)]
  })
  const settings: Settings = { ...defaults, ...Object.fromEntries(found), stage }
  check(settings)
  return settings
}

function stageContext(app: App, stage: string): Record<string, unknown> {
  const stages: unknown = app.node.tryGetContext('stages') ?? {}
  if (typeof stages !== 'object' || stages === null) {
    throw settingError('stages is an object of stages, each with its settings.')
  }
  const own: unknown = Object.entries(stages).find(([name]) => name === (stage || 'default'))?.[1]
  if (own === undefined) return {}
  if (typeof own !== 'object' || own === null) {
    throw settingError(`stages.${stage || 'default'} is an object of settings.`)
  }
  return { ...own }
}

function refuseUnknown(own: Record<string, unknown>, stage: string): void {
  const unknown = Object.keys(own).find((name) => !(name in defaults))
  if (unknown) throw settingError(`stages.${stage || 'default'} knows no "${unknown}".`)
}

/** A misspelt tableName would quietly make a new, empty table. Words with signs in them are CDK's own. */
function refuseMisspelt(app: App): void {
  const given: Record<string, unknown> = app.node.getAllContext()
  const words = Object.keys(given).filter((name) => /^[A-Za-z]+$/.test(name) && name !== 'stages')
  const unknown = words.find((name) => !(name in defaults))
  if (unknown) throw settingError(`There is no setting "${unknown}": see docs/deploy.md.`)
}

const text = (name: string, sent: unknown): string => {
  if (typeof sent === 'string') return sent.trim()
  throw settingError(`${name} is a text, not ${JSON.stringify(sent)}.`)
}

/** By the type of the default; on the command line everything is text. */
const parsers: Record<string, (name: string, sent: unknown) => unknown> = {
  string: text,
  number: (name, sent) => {
    const value = sent === '' ? Number.NaN : Number(sent)
    if (Number.isFinite(value) && value >= 0) return value
    throw settingError(`${name} is a number from 0, not ${JSON.stringify(sent)}.`)
  },
  boolean: (name, sent) => {
    if (sent === true || sent === 'true') return true
    if (sent === false || sent === 'false') return false
    throw settingError(`${name} is true or false, not ${JSON.stringify(sent)}.`)
  },
}

/** Days that CloudWatch knows; it takes no others. */
const logDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]

function check(settings: Settings): void {
  const { alarmEmail, domainName, certificateArn, picturesDomainName } = settings
  const needs = (holds: boolean, sentence: string) => {
    if (!holds) throw settingError(sentence)
  }
  needs(!alarmEmail || /^[^@\s]+@[^@\s]+$/.test(alarmEmail), 'alarmEmail is an e-mail address.')
  needs(!settings.budget || alarmEmail !== '', 'A budget needs alarmEmail, to which it writes.')
  needs(
    Boolean(settings.tableName) === settings.tableStreamArn.includes(':table/'),
    'tableName needs tableStreamArn, the LatestStreamArn of that table (docs/deploy.md).',
  )
  needs(Boolean(domainName) === Boolean(certificateArn), 'domainName needs certificateArn.')
  needs(
    Boolean(picturesDomainName) === settings.picturesCertificateArn.includes(':us-east-1:'),
    'picturesDomainName needs picturesCertificateArn, a certificate in us-east-1.',
  )
  needs(logDays.includes(settings.logDays), `logDays is one of ${logDays.join(', ')}.`)
  needs(
    settings.webAclArn === '' || /:us-east-1:.*:global\/webacl\//.test(settings.webAclArn),
    'webAclArn is a web ACL of scope CLOUDFRONT, in us-east-1; HTTP APIs take none.',
  )
  needs(
    settings.memoryMb === 0 || (settings.memoryMb >= 128 && settings.memoryMb <= 10_240),
    'memoryMb is 128 to 10240.',
  )
  const { attendeeRequests, scannerRequests, tokenRequests } = settings
  needs(
    Math.min(attendeeRequests, scannerRequests, tokenRequests) >= 1,
    'attendeeRequests, scannerRequests and tokenRequests are at least 1 a second.',
  )
  tagsIn(settings.tags)
}

/** The pairs of `name=value,name=value`. */
export function tagsIn(list: string): [string, string][] {
  return list
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const [, name, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
      if (!name || value === undefined) throw settingError('tags are name=value,name=value.')
      return [name, value]
    })
}

export const stackName = (stage: string): string => (stage ? `Plenary-${stage}` : 'Plenary')

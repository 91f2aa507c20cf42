import { limits } from './limits.ts'

/** What a deployment sets: read once, from the environment only. */
const text = (name: string): string | undefined => process.env[name] || undefined

const onLambda = text('AWS_LAMBDA_FUNCTION_NAME') !== undefined

/** An endpoint of another engine: for this machine only, refused on Lambda (docs/threats.md, The account). */
export function localEndpoint(name: 'DYNAMODB_ENDPOINT' | 'S3_ENDPOINT'): string | undefined {
  const endpoint = text(name)
  if (endpoint && onLambda) throw new Error(`${name} must not be set on Lambda`)
  return endpoint
}

/** Whether an AWS service is asked where its region has it: off Lambda, files may wish for endpoints of another kind. */
export const usesPlainEndpoints = (): boolean =>
  onLambda && !text('AWS_USE_FIPS_ENDPOINT') && !text('AWS_USE_DUALSTACK_ENDPOINT')

export const region = (): string => text('AWS_REGION') ?? 'eu-central-1'
export const tableName = (): string => text('TABLE_NAME') ?? 'plenary'
export const bucketName = (): string => text('BUCKET_NAME') ?? 'plenary-pictures'
/** Public base of picture addresses, without a slash at the end. */
export const picturesUrl = (): string => text('PICTURES_URL') ?? 'http://127.0.0.1:3000'
/** Days after which a usage log loses IP address, location and user agent (docs/behaviour/schedules.md). */
export const logPersonalDays = (): number => Number(text('LOG_PERSONAL_DAYS') ?? 180)
/** Days for which changes are kept (docs/behaviour/changes.md). */
export const changesDays = (): number => Number(text('CHANGES_DAYS')) || 30
/** Requests a second that one token may send to one process, by its role; three times as many after a pause. */
export const requestRates = (): Record<string, number> & { others: number } => ({
  attendee: Number(text('ATTENDEE_REQUESTS') ?? limits.attendeeRequests.value),
  scanner: Number(text('SCANNER_REQUESTS') ?? limits.scannerRequests.value),
  others: Number(text('TOKEN_REQUESTS') ?? limits.tokenRequests.value),
})
/** With what the rows of tokens are marked on one machine; on AWS the roles say who may write them. */
export const tokenKey = (): string | undefined => text('TOKEN_KEY')
/** Where figures are counted; a stage has its own. */
export const metricsNamespace = (): string => text('METRICS_NAMESPACE') ?? 'Plenary'
/** Whether webhooks may be sent to this machine: for receivers under development, and never on Lambda. */
export const webhooksToLoopback = (): boolean => !onLambda && text('WEBHOOKS_TO_LOOPBACK') === '1'
/** Whether an issuer of sign-ins may be this machine: for apps under development, and never on Lambda. */
export const oidcOnLoopback = (): boolean => !onLambda && text('OIDC_ON_LOOPBACK') === '1'
/** On AWS nothing leaves unencrypted. */
export const httpsOnly = (): boolean => onLambda
/** The event bus that webhooks without an address put their changes on. */
export const eventBusName = (): string => text('EVENT_BUS_NAME') ?? 'plenary'
/** The function that writes exports; on one machine this process does. */
export const exporterName = (): string | undefined => text('EXPORTER_FUNCTION')
/** Whether the store calls of every request pass by the SDK's stack; `SHORT_WAY=0` sends all of them through it. */
export const goesShortWay = (): boolean => text('SHORT_WAY') !== '0'
/** Whether requests are counted by route: each figure of each route costs 30 cents a month. */
export const countsRoutes = (): boolean => text('ROUTE_METRICS') === '1'

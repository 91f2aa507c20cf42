import { bodyOf, onLoopback } from './loopback.ts'

type Fake = {
  endpoint: string
  /** Access keys that requests were signed with, in order. */
  keys: string[]
  deleted: string[]
  stop(): Promise<void>
}
export type FakeStack = {
  status?: string
  outputs: Record<string, string>
  /** Type of a resource → its name. */
  resources?: [string, string][]
}

/** As much of CloudFormation as our scripts ask for, on loopback. */
export async function fakeCloudFormation(stacks: Record<string, FakeStack>): Promise<Fake> {
  const keys: string[] = []
  const deleted: string[] = []
  const server = await onLoopback(async (request, response) => {
    const body = String(await bodyOf(request))
    keys.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    const sent = new URLSearchParams(body)
    const name = sent.get('StackName') ?? ''
    const stack = stacks[name]
    if (sent.get('Action') === 'DeleteStack') {
      deleted.push(name)
      delete stacks[name]
      response.end('<DeleteStackResponse/>')
      return
    }
    response.statusCode = stack ? 200 : 400
    if (!stack) response.end(unknown(name))
    else if (sent.get('Action') === 'DescribeStackResources') response.end(resources(stack))
    else response.end(described(name, stack))
  })
  return { ...server, keys, deleted }
}

function described(name: string, { outputs, status = 'CREATE_COMPLETE' }: FakeStack): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  )
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName>
    <CreationTime>2027-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus>
    <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
}

const resources = ({ resources: all = [] }: FakeStack): string => {
  const members = all.map(
    ([type, name]) =>
      `<member><ResourceType>${type}</ResourceType><PhysicalResourceId>${name}</PhysicalResourceId></member>`,
  )
  return `<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources>${members.join('')}
    </StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>`
}

const unknown = (name: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>
    <Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`

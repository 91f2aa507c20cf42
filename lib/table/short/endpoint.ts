/** The store in a usual region of AWS; undefined for others, which have domains of their own. */
export const endpointIn = (region: string): string | undefined =>
  /^(?:af|ap|ca|eu|il|me|mx|sa|us)-(?!gov|iso)[a-z]+-\d+$/.test(region)
    ? `https://dynamodb.${region}.amazonaws.com`
    : undefined

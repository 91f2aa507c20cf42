/** What a person says of themselves for networking; absent fields have the defaults of contract §8. */
export type Profile = {
  acceptDirectMessages?: boolean
  emailNotification?: boolean
} & Record<string, unknown>

/** Whose sign-ins count as those of attendees (OpenID Connect Core 1.0): the issuer, and for whom it made the token. */
export type SignIn = { issuer: string; audience: string }

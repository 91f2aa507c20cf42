/** An id that another system has for an object of ours (contract §1, Other systems' ids). */
export type ExternalId = { system: string; id: string }

/** What can have external ids; ids are unique per event, kind and system. */
export type ExternalKind = 'event' | 'person' | 'group' | 'field' | 'session' | 'track'

// Crowd platforms, and the names under which they put the participant and their submission into the address of a study. It
// holds no schema, so that the pages may load it.

export const PLATFORMS = ['prolific', 'mturk', 'cloudresearch', 'other'] as const;
export type Platform = (typeof PLATFORMS)[number];

export const PLATFORM_PARAMETERS: Readonly<Record<Platform, { participant: string; submission: string }>> = {
  prolific: { participant: 'PROLIFIC_PID', submission: 'SESSION_ID' },
  mturk: { participant: 'workerId', submission: 'assignmentId' },
  cloudresearch: { participant: 'participantId', submission: 'assignmentId' },
  other: { participant: 'participant', submission: 'session' },
};

/** The addresses of people of a crowd end with this: an account has one, and nothing is ever sent there. */
export const CROWD_DOMAIN = 'crowd.invalid';

/** Whether an account came by a crowd platform: it has no address and no password of its own. */
export const isOfCrowd = (email: string): boolean => email.endsWith(`@${CROWD_DOMAIN}`);

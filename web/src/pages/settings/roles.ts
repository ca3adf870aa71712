/** Roles that can be given, and what they may do. */
export const ROLES = [
  ['rater', 'rater'],
  ['viewer', 'viewer'],
  ['admin', 'admin'],
] as const;

export type GivenRole = (typeof ROLES)[number][0];

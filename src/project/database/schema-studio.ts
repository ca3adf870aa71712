// The tables of the studio as types: accounts (written by better-auth), invitations, tokens, jobs, the audit log.

export type Role = 'owner' | 'admin' | 'rater' | 'viewer';

export interface UserTable {
  id: string;
  name: string;
  email: string;
  emailVerified: number;
  image: string | null;
  role: Role;
  disabled: number;
  createdAt: string;
  updatedAt: string;
}

export interface SessionTable {
  id: string;
  userId: string;
  token: string;
  expiresAt: string;
  ipAddress: string | null;
  userAgent: string | null;
  createdAt: string;
  updatedAt: string;
}

/** A way to sign in: here always a password, as its hash. */
export interface AccountTable {
  id: string;
  userId: string;
  accountId: string;
  providerId: string;
  accessToken: string | null;
  refreshToken: string | null;
  idToken: string | null;
  accessTokenExpiresAt: string | null;
  refreshTokenExpiresAt: string | null;
  scope: string | null;
  password: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface VerificationTable {
  id: string;
  identifier: string;
  value: string;
  expiresAt: string;
  createdAt: string;
  updatedAt: string;
}

export interface InviteTable {
  id: string;
  /** SHA-256 of the token: the link itself is shown once and stored nowhere. */
  tokenHash: string;
  role: Exclude<Role, 'owner'>;
  note: string;
  uses: number;
  usesLeft: number;
  expiresAt: string;
  createdAt: string;
  /** The maker's name; `accountId` says who it was. */
  createdBy: string;
  /** Null for one from before invitations belonged to accounts whose maker could not be told. */
  accountId: string | null;
  /** The token that made it, where a program did. */
  tokenId: string | null;
}

/** A link for people of a crowd platform, who come by an identifier of theirs and leave with a code. */
export interface CrowdLinkTable {
  id: string;
  tokenHash: string;
  platform: string;
  name: string;
  /** Markdown: what people agree to. */
  consent: string;
  answersEach: number;
  participants: number;
  code: string;
  returnUrl: string | null;
  /** Whose it is. */
  accountId: string;
  createdAt: string;
  expiresAt: string;
  closedAt: string | null;
}

export interface CrowdParticipantTable {
  linkId: string;
  /** The platform's identifier of the person. */
  participant: string;
  /** The platform's identifier of this piece of work. */
  submission: string;
  raterId: string;
  consentedAt: string;
  /** When the code was shown. */
  finishedAt: string | null;
}

/** A link by which a forgotten password is set anew. */
export interface PasswordResetTable {
  id: string;
  tokenHash: string;
  accountId: string;
  expiresAt: string;
  createdAt: string;
}

export interface ApiTokenTable {
  id: string;
  secretHash: string;
  name: string;
  role: Exclude<Role, 'owner'>;
  createdAt: string;
  createdBy: string;
  /** Null for one from before tokens belonged to accounts whose maker could not be told: it opens nothing. */
  accountId: string | null;
  lastUsedAt: string | null;
  expiresAt: string | null;
}

export type JobStatus = 'running' | 'stopping' | 'done' | 'failed' | 'interrupted';

export interface JobTable {
  id: string;
  /** A command, such as `reward train`. */
  kind: string;
  /** JSON: configuration keys by name. */
  options: string;
  command: string;
  status: JobStatus;
  pid: number | null;
  /** As in the lock: tells a process from a later one with the same number. */
  processStart: string | null;
  host: string;
  startedAt: string;
  finishedAt: string | null;
  startedBy: string;
  /** JSON: message and hint. */
  error: string | null;
}

export interface AuditTable {
  /** Sorts by time. */
  id: string;
  at: string;
  actorId: string;
  actorName: string;
  action: string;
  target: string;
  detail: string;
}

export interface StudioStateTable {
  name: string;
  value: string;
}

export interface StudioTables {
  users: UserTable;
  sessions: SessionTable;
  accounts: AccountTable;
  verifications: VerificationTable;
  invites: InviteTable;
  apiTokens: ApiTokenTable;
  passwordResets: PasswordResetTable;
  crowdLinks: CrowdLinkTable;
  crowdParticipants: CrowdParticipantTable;
  jobs: JobTable;
  auditLog: AuditTable;
  studioState: StudioStateTable;
}

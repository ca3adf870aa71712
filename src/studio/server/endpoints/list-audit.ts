import { listAudit as listEntries } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';

export const listAudit: Handler<'listAudit'> = ({ studio, query }) => listEntries(studio.project.db, query);

import { listAudit as listEntries } from '../../store/audit.ts';
import type { Handler } from '../endpoint.ts';

export const listAudit: Handler<'listAudit'> = ({ studio, query }) => listEntries(studio.project.db, query);

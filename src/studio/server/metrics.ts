// Figures for Prometheus at `/metrics`: the process, requests, the project, and work for other machines. For tokens of viewers.

import type { Context, MiddlewareHandler } from 'hono';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isPostgres } from '../../project/database/database.ts';
import { countTableRows } from '../../project/images/table-sizes.ts';
import { countWork } from '../../project/work/count-work.ts';
import { listWorkers } from '../../project/work/workers.ts';
import { readCaller, requireAccess } from './caller.ts';
import type { Studio } from './studio.ts';

export interface Metrics {
  /** Counts requests and how long they took. */
  readonly watch: MiddlewareHandler;
  readonly answer: (context: Context) => Promise<Response>;
}

export function createMetrics(studio: Studio): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'collimate_' });
  const requests = new Counter({
    name: 'collimate_requests_total',
    help: 'Requests by method and status',
    labelNames: ['method', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'collimate_request_seconds',
    help: 'How long requests took',
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const rows = new Gauge({
    name: 'collimate_rows',
    help: 'Rows of the project by table',
    labelNames: ['table'],
    registers,
    async collect() {
      for (const [table, count] of Object.entries(await countTableRows(studio.project.db))) this.set({ table }, count);
    },
  });
  const work = new Gauge({
    name: 'collimate_work',
    help: 'Items for workers by topic and state: waiting, working, failed for good',
    labelNames: ['topic', 'state'],
    registers,
    async collect() {
      this.reset();
      const { db } = studio.project;
      if (!isPostgres(db)) return;
      for (const { topic, state, count } of await countWork(db)) this.set({ topic, state }, count);
    },
  });
  const workers = new Gauge({
    name: 'collimate_worker_items_per_minute',
    help: 'Living workers, by how fast they work',
    labelNames: ['worker', 'device', 'state'],
    registers,
    async collect() {
      this.reset();
      const { db } = studio.project;
      if (!isPostgres(db)) return;
      for (const { name: worker, device, state, perMinute } of await listWorkers(db))
        this.set({ worker, device, state }, perMinute);
    },
  });
  void [rows, work, workers]; // they are asked through the registry
  return {
    async watch(context, next) {
      const began = performance.now();
      await next();
      seconds.observe((performance.now() - began) / 1000);
      requests.inc({ method: context.req.method, status: String(context.res.status) });
    },
    async answer(context) {
      requireAccess(await readCaller(studio, context), 'viewer');
      return new Response(await registry.metrics(), {
        headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
      });
    },
  };
}

import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { importPrompts, listPrompts, promptId } from '../../images/prompts.ts';
import { fillStore, testDatabases } from '../../testing.ts';
import { isPostgres, openDatabase } from '../database.ts';

// Alike where the restriction was taken away by hand, or has another name in what was moved there.
for (const restricted of [true, false])
  testDatabases(
    `a filled project from before takes a long prompt, its texts ${restricted ? 'restricted' : 'free'}`,
    async (t, db, target) => {
      await fillStore(db, 3);
      const before = await listPrompts(db);
      if (restricted && isPostgres(db))
        await sql`alter table prompts add constraint prompts_text_key unique (text)`.execute(db);
      await sql`delete from kysely_migration where name like '%long_prompts'`.execute(db);
      const opened = await openDatabase(target);
      t.after(() => opened.destroy());
      assert.deepEqual(await listPrompts(opened), before);
      // Of letters without an order, since PostgreSQL packs what repeats.
      const text = Array.from({ length: 400 }, (_, i) => promptId(String(i))).join(' ');
      await importPrompts(opened, [{ id: promptId(text), text, category: 'free', slots: {}, split: 'seen' }]);
      assert.equal((await listPrompts(opened)).length, before.length + 1);
    },
  );

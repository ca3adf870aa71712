// The prompts: how many the grammar makes, with a preview; import from files; and those that are stored.

import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Page } from '../../ui/page.tsx';
import { GrammarForm } from './grammar-form.tsx';
import { ImportPrompts } from './import-prompts.tsx';
import { PromptTable } from './prompt-table.tsx';

export function Prompts() {
  const user = useQuery(sessionQuery).data?.user;
  const steers = user != null && maySteer(user.role);
  return (
    <Page
      title="Prompts"
      lede="Simple sentences that name a number, a color, an animal, a place, so that it is clear when a picture is wrong."
      query={useQuery(read('getPromptSettings'))}
    >
      {(grammar) => (
        <>
          <GrammarForm grammar={grammar} steers={steers} />
          {steers && <ImportPrompts />}
          <PromptTable categories={[...grammar.categories, 'free']} />
        </>
      )}
    </Page>
  );
}

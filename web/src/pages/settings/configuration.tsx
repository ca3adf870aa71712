import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call } from '../../api/client.ts';
import { describeSetting } from '../../api/settings.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { SettingInput } from './setting-input.tsx';
import { type Changes, parseSetting, type Setting, showSetting } from './setting-value.ts';

/** Every key of the configuration, with its sentence and where its value comes from. */
export function Configuration({ settings, file }: Output<'getSettings'>) {
  const client = useQueryClient();
  const sections = [...new Set(settings.map(({ section }) => section ?? 'project'))];
  const [section, setSection] = useState(sections[0] ?? 'project');
  const [search, setSearch] = useState('');
  const [changes, setChanges] = useState<Changes>({});
  const save = useMutation({
    mutationFn: () => call('patchSettings', { body: { changes: { ...changes } } }),
    onSuccess: () => {
      toast('Stored. Runs that begin from now on use it.');
      setChanges({});
      void client.invalidateQueries();
    },
  });
  const rows = settings.filter(({ path, description, section: of }) =>
    search ? `${path} ${description}`.toLowerCase().includes(search.toLowerCase()) : (of ?? 'project') === section,
  );
  const count = Object.keys(changes).length;
  function change(setting: Setting, text: string): void {
    const { [setting.path]: _old, ...rest } = changes;
    setChanges(text === showSetting(setting.value) ? rest : { ...rest, [setting.path]: parseSetting(setting, text) });
  }
  const columns: Column<Setting>[] = [
    {
      name: 'Key',
      kind: 'wrap',
      cell: (setting) => (
        <>
          <code>{setting.path}</code>
          <span className="soft small block">{describeSetting(setting)}</span>
        </>
      ),
    },
    {
      name: 'Value',
      kind: 'words',
      cell: (setting) => <SettingInput setting={setting} onChange={(text) => change(setting, text)} />,
    },
    { name: 'From', kind: 'words', cell: ({ source }) => <span title={source}>{source.split(/[\\/]/).at(-1)}</span> },
    { name: 'Default', kind: 'words', cell: (setting) => <span className="soft">{showSetting(setting.default)}</span> },
  ];
  return (
    <Card
      title="Configuration"
      note={
        <>
          What stands in <code>{file}</code>; the command line reads the same.
        </>
      }
    >
      <div className="filters">
        <SelectField
          label="Section"
          value={section}
          options={sections.map((name) => [name, name] as const)}
          onChange={setSection}
        />
        <TextField
          label="Search all"
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Table caption="Configuration" columns={columns} rows={rows} keyOf={({ path }) => path} />
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={count === 0 || save.isPending}
          onClick={() => save.mutate()}
        >
          {count === 0 ? 'Store' : `Store ${count} ${count === 1 ? 'change' : 'changes'}`}
        </button>
      </div>
      <FormFailure error={save.error} />
    </Card>
  );
}

import type { Output } from '../../../../src/studio/contract/client.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import type { ImageFilter } from './search.ts';

const LABELS = [
  ['', 'any'],
  ['good', 'good'],
  ['bad', 'bad'],
  ['mixed', 'mixed'],
  ['skipped', 'skipped'],
  ['unrated', 'not rated'],
  ['flagged', 'flagged'],
] as const;

const SORTS = [
  ['newest', 'newest first'],
  ['oldest', 'oldest first'],
  ['reward-high', 'highest reward'],
  ['reward-low', 'lowest reward'],
] as const;

/** Filters that stand under *More filters*. */
const FURTHER = [
  ...(['category', 'count', 'color', 'subject', 'background'] as const),
  ...(['model', 'purpose', 'minReward', 'maxReward'] as const),
];

interface ImageFiltersProps {
  /** How many images there are, in words. */
  readonly count: string;
  readonly filters: Output<'getImageFilters'>;
  readonly filter: ImageFilter;
  readonly onChange: (filter: ImageFilter) => void;
}

/** By words, prompt slot, model, label and reward. */
export function ImageFilters({ count, filters, filter, onChange }: ImageFiltersProps) {
  const { slots } = filters;
  const set = (key: keyof ImageFilter, value: string) => {
    const { [key]: _old, ...rest } = filter;
    onChange(
      (value === ''
        ? rest
        : { ...rest, [key]: ['count', 'minReward', 'maxReward'].includes(key) ? Number(value) : value }) as ImageFilter,
    );
  };
  const select = (key: keyof ImageFilter, label: string, options: readonly (readonly [string, string])[]) => (
    <SelectField
      label={label}
      value={String(filter[key] ?? '')}
      options={[['', 'any'], ...options]}
      onChange={(value) => set(key, value)}
    />
  );
  const bound = (key: 'minReward' | 'maxReward', label: string) => (
    <TextField
      label={label}
      type="number"
      step={0.05}
      value={filter[key] ?? ''}
      onChange={(event) => set(key, event.target.value)}
    />
  );
  const words = (values: readonly (string | number)[]) =>
    values.map((value) => [String(value), String(value)] as const);
  const further = FURTHER.filter((key) => filter[key] !== undefined).length;
  return (
    <form className="filter-bar" onSubmit={(event) => event.preventDefault()}>
      <TextField
        label="Prompt has"
        type="search"
        value={filter.search ?? ''}
        onChange={(event) => set('search', event.target.value)}
      />
      <SelectField
        label="Label"
        value={filter.label ?? ''}
        options={LABELS}
        onChange={(value) => set('label', value)}
      />
      <SelectField
        label="Order"
        value={filter.sort ?? 'newest'}
        options={filters.reward ? SORTS : SORTS.slice(0, 2)}
        onChange={(value) => set('sort', value)}
      />
      <details>
        <summary className="button">{further > 0 ? `More filters (${further})` : 'More filters'}</summary>
        <div className="filters many">
          {select(
            'category',
            'Category',
            filters.categories.map(({ value, images }) => [value, `${value} (${formatCount(images)})`]),
          )}
          {slots.count.length > 0 && select('count', 'Count', words(slots.count))}
          {slots.color.length > 0 && select('color', 'Color', words(slots.color))}
          {slots.subject.length > 0 && select('subject', 'Subject', words(slots.subject))}
          {slots.background.length > 0 && select('background', 'Place', words(slots.background))}
          {select(
            'model',
            'Model',
            filters.models.map(({ hash, name, images }) => [hash, `${name} (${formatCount(images)})`]),
          )}
          {select(
            'purpose',
            'Drawn for',
            filters.purposes.map(({ value, images }) => [value, `${value} (${formatCount(images)})`]),
          )}
          {filters.reward && bound('minReward', 'Reward from')}
          {filters.reward && bound('maxReward', 'Reward to')}
        </div>
      </details>
      <p className="soft small" role="status">
        {count}
      </p>
    </form>
  );
}
